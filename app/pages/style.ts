import { digest } from "./secrets.ts";

/** Colours are those of the drawn contributors; each text holds 4.5 : 1 against what it stands on, in both schemes. */
export const styleSheet = `
:root{color-scheme:light dark;--page:#fff;--raised:#f6f8fa;--text:#1f2328;--quiet:#59636e;--line:#d1d9e0;--link:#0550ae;
--low:#1a7f37;--low-on:#dafbe1;--medium:#7d4e00;--medium-on:#fff3c4;--high:#b3202b;--high-on:#ffe5e3;--raises:#cf5b16;--lowers:#1a7f37;--brand:#0550ae}
@media (prefers-color-scheme:dark){:root{--page:#0d1117;--raised:#161b22;--text:#f0f6fc;--quiet:#9ba3ad;--line:#3d444d;--link:#79b8ff;
--low:#56d364;--low-on:#12281b;--medium:#e3b341;--medium-on:#2e2409;--high:#ff9c94;--high-on:#3a1618;--raises:#f0883e;--lowers:#3fb950;--brand:#79b8ff}}
*{box-sizing:border-box}
html{font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;background:var(--page);color:var(--text);-webkit-text-size-adjust:100%}
body{margin:0}
main,.top,footer{max-width:72rem;margin:0 auto;padding:0 1.25rem}
main{padding-top:1.5rem;padding-bottom:2rem;outline:0}
footer{padding-top:1rem;padding-bottom:2rem;color:var(--quiet);font-size:.8125rem;border-top:1px solid var(--line)}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,button:focus-visible,select:focus-visible,input:focus-visible,summary:focus-visible,[tabindex="0"]:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:3px}
.skip{position:absolute;left:-100vw;top:0;background:var(--page);padding:.75rem 1rem;z-index:1}
.skip:focus{left:0}
.banner{margin:0;padding:.5rem 1.25rem;background:var(--medium-on);color:var(--medium);text-align:center;max-width:none;font-size:.875rem}
.top{display:flex;flex-wrap:wrap;align-items:center;gap:.25rem 1.5rem;padding-top:.75rem;padding-bottom:.75rem;border-bottom:1px solid var(--line)}
.brand{display:inline-flex;align-items:center;gap:.5rem;font-weight:600;color:var(--text);text-decoration:none;min-height:2.75rem}
.mark{fill:var(--brand)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem;list-style:none;margin:0;padding:0}
nav a{display:inline-flex;align-items:center;min-height:2.75rem;padding:0 .625rem;color:var(--quiet);text-decoration:none;border-bottom:2px solid transparent}
nav a:hover{color:var(--text)}
nav a[aria-current]{color:var(--text);font-weight:600;border-bottom-color:var(--brand)}
.account{margin-left:auto;display:flex;align-items:center;gap:.75rem;font-size:.875rem;color:var(--quiet)}
h1{font-size:1.5rem;line-height:1.25;margin:0 0 .25rem;text-wrap:balance;overflow-wrap:anywhere}
h2{font-size:1.0625rem;margin:2.25rem 0 .5rem}
p{margin:.25rem 0 .75rem;max-width:48rem}
.lead{color:var(--quiet)}
code,.code{font-family:ui-monospace,SFMono-Regular,"DejaVu Sans Mono",monospace;font-size:.8125em;overflow-wrap:anywhere}
button,.button,select{font:inherit;min-height:2.75rem;padding:.25rem 1rem;border:1px solid var(--line);border-radius:6px;background:var(--raised);color:var(--text);max-width:100%}
button,.button{cursor:pointer;display:inline-flex;align-items:center;text-decoration:none}
button:hover,.button:hover{border-color:var(--quiet)}
button.main{background:var(--brand);border-color:var(--brand);color:var(--page);font-weight:600}
button.quiet{background:none;font-size:.875rem;padding:.25rem .75rem;color:var(--text)}
.filter{display:flex;flex-wrap:wrap;align-items:end;gap:.5rem 1rem;margin:1rem 0 1.25rem}
.filter label{display:grid;gap:.125rem;font-size:.8125rem;color:var(--quiet);max-width:100%}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;color:var(--quiet);font-size:.8125rem;padding-bottom:.25rem}
th,td{text-align:left;vertical-align:top;padding:.625rem .75rem .625rem 0;border-bottom:1px solid var(--line);font-weight:400;overflow-wrap:anywhere}
thead th{font-size:.8125rem;color:var(--quiet);padding-top:.375rem;padding-bottom:.375rem;overflow-wrap:normal}
tbody th{font-weight:600;min-width:11rem}
tbody tr:hover{background:var(--raised)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
.words{display:none}
td code,th code,td .code{white-space:nowrap}
.title{display:block;font-weight:400}
.small{display:block;color:var(--quiet);font-size:.8125rem;font-weight:400}
time{white-space:nowrap}
.score{display:inline-flex;align-items:baseline;gap:.375rem;white-space:nowrap;font-weight:600;padding:.0625rem .5rem;border-radius:1rem;font-variant-numeric:tabular-nums}
.score small{font-weight:400;font-size:.8125rem}
.low{color:var(--low);background:var(--low-on)}.medium{color:var(--medium);background:var(--medium-on)}.high{color:var(--high);background:var(--high-on)}
.verdict{display:inline-block;padding:.0625rem .5rem;border-radius:1rem;font-size:.8125rem;font-weight:600;white-space:nowrap}
.verdict.none{color:var(--quiet);background:var(--raised)}
.headline{display:grid;grid-template-columns:auto 1fr;gap:.25rem;margin:1rem 0 .5rem;border-radius:8px;overflow:hidden}
.headline>*{padding:1rem 1.25rem;align-content:center}
.headline .figure{font-size:2.75rem;font-weight:700;line-height:1;font-variant-numeric:tabular-nums}
.headline .figure small{display:block;font-size:.75rem;font-weight:400;margin-top:.25rem}
.headline p{margin:0;color:var(--text)}
.headline .ask{font-size:1.125rem;font-weight:600}
.plot{margin:.75rem 0}
.plot svg{display:block;width:100%;max-width:47.5rem;height:auto}
.bar{display:none;width:100%;height:.5rem}
.bar .track{fill:var(--line)}.bar .raises{fill:var(--raises)}.bar .lowers{fill:var(--lowers)}
ul.plain{padding-left:1.125rem;margin:.25rem 0 .75rem}
ul.plain li{margin:.25rem 0;max-width:48rem;overflow-wrap:anywhere}
dl{display:grid;grid-template-columns:minmax(8rem,auto) 1fr;gap:.25rem 1.25rem;font-size:.9375rem;margin:.5rem 0}
dt{color:var(--quiet)}
dd{margin:0;overflow-wrap:anywhere}
.columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:0 3rem}
.notice{padding:.75rem 1rem;border-radius:8px;background:var(--raised);border-left:4px solid var(--quiet);max-width:none}
.notice.good{border-color:var(--low)}.notice.bad{border-color:var(--high);background:var(--high-on)}.notice.care{border-color:var(--medium)}
.rollout{border:1px solid var(--line);border-radius:8px;padding:1rem 1.25rem;margin:1rem 0}
.rollout h2{margin:0 0 .25rem}
.rollout .arrow{color:var(--quiet);font-weight:400}
.ladder{margin:.75rem 0;max-width:28rem}
.ladder svg{display:block;width:100%;height:4rem}
.ladder .ahead{fill:var(--line)}.ladder .done{fill:var(--low)}.ladder .back{fill:var(--high);opacity:.5}
ol.events{list-style:none;margin:0;padding:0;font-size:.875rem}
ol.events li{padding:.1875rem 0;overflow-wrap:anywhere}
ol.events time{color:var(--quiet);font-variant-numeric:tabular-nums;margin-right:.5rem}
.empty{padding:2.5rem 1rem;text-align:center;border:1px dashed var(--line);border-radius:8px;color:var(--quiet)}
.empty p{margin:.25rem auto}
.choices fieldset{border:1px solid var(--line);border-radius:8px;margin:0 0 1.25rem;padding:.75rem 1rem;max-width:48rem}
.choices legend{font-weight:600;padding:0 .375rem}
.choice{display:flex;gap:.75rem;align-items:baseline;padding:.5rem .25rem;min-height:2.75rem;cursor:pointer}
.choice strong{display:block}
.choice input{accent-color:var(--brand);width:1.125rem;height:1.125rem;flex:none;align-self:start;margin:.25rem 0 0}
.field{display:grid;gap:.25rem}
.field input{font:inherit;min-height:2.75rem;padding:.25rem .75rem;border:1px solid var(--quiet);border-radius:6px;background:var(--page);color:var(--text);max-width:24rem;width:100%}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin:1rem 0}
.pages{display:flex;gap:.75rem;margin-top:1rem}
details{margin:.5rem 0}
summary{cursor:pointer;min-height:2.75rem;display:flex;align-items:center;color:var(--link)}
summary::before{content:"▸";margin-right:.5rem}
details[open]>summary::before{content:"▾"}
@media (max-width:44rem){
main,.top,footer{padding-left:1rem;padding-right:1rem}
.plot{display:none}.bar{display:block}
table,caption,thead,tbody{display:block}
tr{display:grid;grid-template-columns:1fr;gap:.25rem;padding:.75rem 0;border-bottom:1px solid var(--line)}
thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
th,td,.number{display:grid;grid-template-columns:6.5rem minmax(0,1fr);gap:.75rem;border:0;padding:0;text-align:left;white-space:normal}
.words{display:block;color:var(--quiet);font-size:.8125rem;font-weight:400;padding-top:.125rem}
tbody th{font-size:1.0625rem;min-width:0}
dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:.5rem}
.headline{grid-template-columns:1fr}
nav{order:3;width:100%}nav a{padding:0 .5rem;font-size:.9375rem}nav ul{margin:0 -.5rem}
}
@media print{.top,footer,.skip,.filter,.pages{display:none}}
`;

export const styleAddress = `/assets/page.css?${digest(styleSheet).slice(0, 12)}`;
