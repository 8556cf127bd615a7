package report

// style is the one style sheet of a page. A browser uses it because its hash stands in
// the policy.
const style = `
:root{color-scheme:light dark;--bg:#faf9f7;--card:#fff;--ink:#1c2126;--soft:#565e67;--line:#dfdbd4;--link:#0a5689;--red:#a3190f;--redbg:#fbe8e5;--amber:#754700;--amberbg:#fcefd2;--graybg:#eeece8;--bar:#3a7f9d;--bad:#b9772a;--track:#e9e6e0}
@media (prefers-color-scheme:dark){:root{--bg:#131619;--card:#1b1f23;--ink:#e9e7e2;--soft:#a6aeb6;--line:#343a40;--link:#83c7f4;--red:#ffb0a8;--redbg:#4a1b18;--amber:#f6cf86;--amberbg:#43310f;--graybg:#2b3035;--bar:#5fa9c8;--bad:#d79a4e;--track:#2d3238}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:96rem;padding:0 clamp(1rem,3vw,3rem) 3rem;background:var(--bg);color:var(--ink);font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
p,ul,ol,dl,dd{margin:0;padding:0}
ul,ol{list-style:none}
a{color:var(--link);text-underline-offset:.15em}
:focus-visible{outline:3px solid var(--link);outline-offset:2px;border-radius:2px}
:target{outline:2px solid var(--link);outline-offset:4px}
h1,h2,h3{line-height:1.25;text-wrap:balance}
h1{font-size:clamp(1.5rem,1.1rem + 1.6vw,2.25rem);margin:2rem 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.375rem;margin:3rem 0 .75rem;padding-top:1rem;border-top:1px solid var(--line)}
h3{font-size:1.0625rem;margin:0 0 .25rem}
h4{font-size:1rem;line-height:1.4;margin:.125rem 0}
.n{color:var(--soft);font-weight:400;font-size:.875em}
.src,.of,.none,caption,footer{color:var(--soft);font-size:.875rem}
.none{font-size:1rem}
.path{font:.8125rem/1.4 ui-monospace,Menlo,Consolas,monospace}
code{font:.875em/1.4 ui-monospace,Menlo,Consolas,monospace;background:var(--graybg);color:var(--ink);padding:.1em .35em;border-radius:4px}
p,li,td,th,dd{unicode-bidi:plaintext}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;background:var(--card);padding:.5rem 1rem;z-index:1}
.figures{display:flex;flex-wrap:wrap;gap:.75rem 2.5rem;margin:1.25rem 0}
.figures div{display:flex;flex-direction:column-reverse}
.figures dd{font-size:2rem;line-height:1.1;font-weight:650;font-variant-numeric:tabular-nums}
.figures dd a{color:inherit;text-decoration-thickness:1px;text-decoration-color:var(--line)}
.figures dt{color:var(--soft);font-size:.875rem}
.figures .red{color:var(--red)}
nav ul{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;font-size:.9375rem}
nav a{display:inline-block;padding:.25rem 0}
.people{columns:24rem;column-gap:1rem}
.src+.people{margin-top:.75rem}
.people+h3{margin-top:1.5rem}
article{break-inside:avoid;margin-bottom:1rem;background:var(--card);border:1px solid var(--line);border-radius:10px;padding:1rem 1.125rem}
article>ol>li,article>.cards>li{border-top:1px solid var(--line);margin-top:.75rem;padding-top:.75rem}
.late{border-left:4px solid var(--red);padding-left:.75rem;margin-left:-1rem}
.due{display:block;font-size:.875rem;color:var(--soft)}
.due:empty{display:none}
li>ul{margin:.375rem 0 .375rem .25rem;padding-left:.75rem;border-left:2px solid var(--line);font-size:.9375rem}
.tag{display:inline-block;background:var(--graybg);border-radius:4px;padding:0 .4em;font-size:.8125rem;font-weight:600}
.tag.red{background:var(--redbg);color:var(--red)}
.tag.amber{background:var(--amberbg);color:var(--amber)}
.first{background:var(--card);border:2px solid var(--link);border-radius:10px;padding:1rem 1.25rem;margin-bottom:1rem;font-size:1.125rem}
.next{color:var(--soft)}
.id{color:var(--soft);font:.8125rem/1.4 ui-monospace,Menlo,Consolas,monospace}
.cards.wide{columns:28rem;column-gap:2.5rem}
.cards.wide>li{break-inside:avoid;padding:.75rem 0;border-bottom:1px solid var(--line)}
table{border-collapse:collapse;width:100%;font-size:.9375rem}
caption{text-align:left;padding:.25rem 0 .5rem}
th,td{text-align:left;vertical-align:top;padding:.625rem 1.25rem .625rem 0;border-bottom:1px solid var(--line);font-weight:400}
thead th{color:var(--soft);font-size:.8125rem}
td{min-width:7rem}
.numbers{width:auto}.numbers th,.numbers td{padding:.25rem 1.5rem .25rem 0}
svg{display:block;max-width:100%;height:auto;margin:.5rem 0}
svg text{font-size:13px;fill:var(--ink)}
svg .end{text-anchor:end}svg .soft{fill:var(--soft)}
.track{fill:var(--track)}.bar{fill:var(--bar)}.bad{fill:var(--bad)}.over{fill:var(--red)}.mark{fill:var(--ink)}
.meter{margin:.375rem 0;width:7.5rem}
.agreed{display:grid;grid-template-columns:6.5rem 1fr;gap:.125rem .75rem;font-size:.9375rem;margin:.5rem 0}
.agreed dt{color:var(--soft)}
summary{color:var(--link);font-size:.875rem;cursor:pointer;width:max-content}
section>ul:not(.cards){list-style:disc;padding-left:1.25rem}
footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:1rem;max-width:60rem}
@media (max-width:46rem){
table:not(.numbers),table:not(.numbers) :is(tbody,tr,th,td,caption){display:block}
table:not(.numbers) thead{position:absolute;left:-99rem}
table:not(.numbers) tr{border-bottom:1px solid var(--line);padding:.75rem 0}
table:not(.numbers) :is(th,td){border:0;padding:.125rem 0}
td::before{color:var(--soft);font-size:.8125rem}
.blockers td:nth-child(2)::before{content:"asks now: "}.blockers td:nth-child(3)::before{content:"open for: "}.blockers td:nth-child(4)::before{content:"blocks: "}
.questions td:nth-child(2)::before{content:"from: "}.questions td:nth-child(3)::before{content:"asks now: "}.questions td:nth-child(4)::before{content:"open for: "}
.handoffs td:nth-child(3)::before{content:"verdict: "}.handoffs td:nth-child(4)::before{content:"items taken: "}
.deliveries td:nth-child(2)::before{content:"where: "}
}
@media print{
:root{--bg:#fff;--card:#fff;--ink:#000;--soft:#333;--link:#000;--line:#aaa}
body{font-size:10pt;max-width:none;padding:0}
nav,.skip{display:none}
tr,.cards li{break-inside:avoid}article{break-inside:auto}
h2,h3{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}
}
`
