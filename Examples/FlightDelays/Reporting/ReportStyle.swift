import Millrace

/// The report's looks. Colours are named once for light and once for dark; plots use the same ones.
@Tracked
let reportStyle = """
  :root{color-scheme:light dark;--paper:#fbfaf7;--card:#fff;--ink:#1c2126;--muted:#5a636b;
  --rule:#dcd9d1;--grid:#e9e6df;--accent:#0f6a8b;--bar:#6ba6bd;--wash:#0f6a8b1c;--warm:#b8471b;
  --mark:#fff3d6}
  @media(prefers-color-scheme:dark){:root{--paper:#14181b;--card:#1b2024;--ink:#e8e6e1;
  --muted:#a3abb2;--rule:#363d43;--grid:#2a3036;--accent:#62bfe0;--bar:#2c6f8a;--wash:#62bfe022;
  --warm:#f29a6b;--mark:#3a3220}}
  *{box-sizing:border-box}
  html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
  body{margin:0;background:var(--paper);color:var(--ink);
  font:17px/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
  main,header,footer{max-width:58rem;margin:0 auto;padding:0 1.15rem}
  header{padding-top:clamp(2rem,6vw,4.5rem)}
  h1,h2{font-family:Charter,"Bitstream Charter","Iowan Old Style",Georgia,serif;
  font-weight:600;line-height:1.2;text-wrap:balance}
  h1{font-size:clamp(1.75rem,4.6vw,2.7rem);margin:.35em 0 .5em;max-width:24em;letter-spacing:-.01em}
  h2{font-size:1.5rem;margin:3.2rem 0 .6rem;padding-top:1.1rem;border-top:1px solid var(--rule)}
  h3{font-size:1rem;line-height:1.35;margin:0 0 .2rem}
  p,ul{max-width:40rem;margin:.6rem 0}
  ul{padding-left:1.2rem}li{margin:.35rem 0}
  .eyebrow{color:var(--muted);font-size:.88rem;letter-spacing:.03em;margin:0}
  .lede{font-size:1.13rem;line-height:1.55}
  .figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.2rem,1fr));gap:.8rem;
  margin:1.8rem 0 0;padding:0}
  .figures div{background:var(--card);border:1px solid var(--rule);border-radius:.6rem;
  padding:.85rem 1rem;display:flex;flex-direction:column}
  .figures dt{color:var(--muted);font-size:.86rem;line-height:1.35}
  .figures dd{margin:0;font-size:.86rem;line-height:1.4;color:var(--muted)}
  .figures dd.value{order:-1;font-size:2rem;line-height:1.2;font-weight:650;color:var(--ink);
  font-variant-numeric:tabular-nums;letter-spacing:-.02em}
  .figures dt{color:var(--ink);font-weight:600}
  .pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,21rem),1fr));
  gap:2rem 2.4rem;margin:1.4rem 0;align-items:start}
  figure{margin:0;min-width:0;display:grid;grid-template-rows:subgrid;grid-row:span 2;gap:.6rem}
  figcaption{font-size:.92rem;line-height:1.5;color:var(--muted);margin:0}
  figcaption h3{color:var(--ink)}
  svg{display:block;width:100%;height:auto;max-width:30rem;overflow:visible}
  svg text{font-family:inherit;font-size:12.5px;fill:var(--muted);
  font-variant-numeric:tabular-nums}
  svg .axis-title{font-size:12.5px;fill:var(--ink)}
  svg .note{font-size:12px}
  svg .callout{font-size:17px;font-weight:650;fill:var(--accent)}
  .grid{stroke:var(--grid)}.axis{stroke:var(--muted)}
  .chance{stroke:var(--muted);stroke-width:1.3;stroke-dasharray:5 4}
  .curve{fill:none;stroke:var(--accent);stroke-width:2.4;stroke-linejoin:round}
  .thin{fill:none;stroke:var(--accent);stroke-width:1.2}
  .area{fill:var(--wash)}
  .bar{fill:var(--bar)}
  .whisker{stroke:var(--warm);stroke-width:1.6}
  .dot{fill:var(--accent);stroke:var(--paper);stroke-width:1.5}
  .scroll{overflow-x:auto;margin:1.1rem 0}
  .scroll:focus-visible{outline:2px solid var(--accent);outline-offset:3px}
  table{border-collapse:collapse;font-size:.92rem;line-height:1.4;font-variant-numeric:tabular-nums}
  caption{text-align:left;color:var(--muted);padding-bottom:.5rem}
  th,td{padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--rule);text-align:right;
  vertical-align:top}
  th:first-child{text-align:left}
  tbody th{font-weight:400}
  thead th{font-weight:600;vertical-align:bottom}
  td,tbody th{white-space:nowrap}
  .words{width:100%}.words tbody th{white-space:normal}
  .figures dd,.figures dt{overflow-wrap:anywhere}
  td:last-child,th:last-child{padding-right:.4rem}
  .chosen th,.chosen td{background:var(--mark);font-weight:650}
  .chosen th{padding-left:.4rem}
  footer{color:var(--muted);font-size:.88rem;padding-top:1.2rem;padding-bottom:3.5rem}
  footer p{border-top:1px solid var(--rule);padding-top:1rem;margin-top:2.6rem;max-width:none}
  """
