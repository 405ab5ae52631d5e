import { plotStyle } from "./plots/style.ts";

/** The look of the report: that of the App's page, on a screen, on a phone and on paper, light and dark. */
export const reportStyle = `
:root{color-scheme:light dark;--page:#fff;--raised:#f6f8fa;--text:#1f2328;--quiet:#59636e;--line:#d1d9e0;--good:#1a7f37;--good-on:#dafbe1;--care:#7d4e00;--care-on:#fff3c4;--bad:#b3202b;--bad-on:#ffe5e3;--bar:#0969da}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--raised:#161b22;--text:#f0f6fc;--quiet:#9ba3ad;--line:#3d444d;--good:#56d364;--good-on:#12281b;--care:#e3b341;--care-on:#2e2409;--bad:#ff9c94;--bad-on:#3a1618;--bar:#58a6ff}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--page);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0}
main{max-width:78rem;margin:0 auto;padding:1rem 1.25rem 2rem}
h1{font-size:1.375rem;line-height:1.3;margin:0;overflow-wrap:anywhere}
h2{font-size:1.0625rem;margin:2rem 0 .5rem}
h3{font-size:1rem;margin:1.5rem 0 .25rem;overflow-wrap:anywhere}
p{margin:.25rem 0 .75rem;max-width:52rem;overflow-wrap:anywhere}
ul{margin:.25rem 0 .75rem;padding-left:1.25rem;max-width:52rem}
li{overflow-wrap:anywhere}
code{font-family:ui-monospace,SFMono-Regular,"DejaVu Sans Mono",monospace;font-size:.875em;overflow-wrap:anywhere}
.head{display:flex;flex-wrap:wrap;gap:.75rem 1rem;align-items:center;padding:1rem 1.25rem;border-radius:8px;margin-bottom:.75rem}
.word{font-size:1.75rem;font-weight:700;line-height:1.1}
.head h1{flex:1 1 20rem;font-size:1.125rem}
.good{color:var(--good)}.care{color:var(--care)}.bad{color:var(--bad)}.none{color:var(--quiet)}
.head.good{background:var(--good-on)}.head.care{background:var(--care-on)}.head.bad{background:var(--bad-on)}
.head h1{color:var(--text)}
.quiet{color:var(--quiet);font-size:.875rem}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
th,td{text-align:left;vertical-align:top;padding:.5rem .75rem .5rem 0;border-bottom:1px solid var(--line)}
thead th{font-size:.8125rem;font-weight:400;color:var(--quiet)}
tbody th{font-weight:600;overflow-wrap:anywhere}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.evidence{padding-left:1.25rem}
td.state{font-weight:600;white-space:nowrap}
.bar{display:inline-block;width:5rem;height:.625rem;background:var(--line);border-radius:2px;overflow:hidden;margin-right:.5rem;vertical-align:baseline}
.bar i{display:block;height:100%;background:var(--bar)}
.bar.over i{background:var(--bad)}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:.75rem;margin:.5rem 0 1rem}
.plots svg{width:100%;height:auto;max-width:30rem}
section.metric{break-inside:avoid}
details{border-top:1px solid var(--line);padding:.5rem 0}
summary{cursor:pointer;min-height:2rem;padding:.25rem 0}
pre{font:.8125rem/1.45 ui-monospace,SFMono-Regular,"DejaVu Sans Mono",monospace;background:var(--raised);padding:.75rem;border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;max-height:40rem;overflow-y:auto;margin:.25rem 0}
footer{color:var(--quiet);font-size:.8125rem;border-top:1px solid var(--line);margin-top:2rem;padding-top:.75rem}
@media (max-width:40rem){html{font-size:15px}main{padding:.75rem}
.stack thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.stack,.stack tbody,.stack tr,.stack th,.stack td{display:block;border:0;padding:0}
.stack tr{border-bottom:1px solid var(--line);padding:.5rem 0}
.stack .evidence{padding-left:0}.stack td{display:flex;justify-content:space-between;gap:1rem;white-space:normal;text-align:right}
.stack td::before{content:attr(data-name);font-weight:400;font-size:.875rem;color:var(--quiet);text-align:left}}
@media print{:root{color-scheme:light}main{max-width:none;padding:0}.plots{grid-template-columns:1fr 1fr}pre{max-height:none}.head{border:1px solid var(--line)}h2,h3{break-after:avoid}.plots svg,tr{break-inside:avoid}}
${plotStyle}`;
