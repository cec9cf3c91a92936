/** The page's own; it loads nothing. */
export const style = `
:root{color-scheme:light dark;--ink:#1d2430;--dim:#5b6676;--line:#d9dee6;--paper:#fff;--soft:#f4f6f9;
--api:#b4530a;--nodes:#1769aa;--manager:#5d6b7e;--unsaid:#9aa4b2;--good:#1b7a3d;--bad:#b3261e}
@media(prefers-color-scheme:dark){:root{--ink:#e4e9f0;--dim:#98a4b5;--line:#323b48;--paper:#12161c;--soft:#1b212a;
--api:#f0a35e;--nodes:#6cb5ef;--manager:#8d9cb0;--unsaid:#5d6b7e;--good:#6fcf8e;--bad:#ff8a80}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:70rem;padding:1rem;background:var(--paper);color:var(--ink);
font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.5rem;margin:.2em 0}h2{font-size:1.15rem;margin:1.6em 0 .4em;border-bottom:1px solid var(--line)}
h2 small,.dim,time{color:var(--dim);font-weight:normal}
.verdict{border-left:.4rem solid var(--bad);background:var(--soft);padding:.6rem .9rem;margin:.8rem 0}
.verdict.sealed,.verdict.unsealed-tail{border-color:var(--good)}.verdict p{margin:.2rem 0}.verdict p:first-child{font-weight:600}
ol{list-style:none;margin:0;padding:0}
li{padding:.35rem 0;border-bottom:1px solid var(--line);break-inside:avoid}
li:target{background:var(--soft)}
.at{font:.85rem ui-monospace,monospace;margin-right:.6em}
.who{display:block;font-size:.85rem;color:var(--dim)}
.times{font-weight:600}
svg{display:block;width:100%;height:auto;margin:.5rem 0}
svg text{fill:var(--dim);font:11px system-ui,sans-serif}
.axis{stroke:var(--line)}.epoch{fill:var(--soft);stroke:var(--dim)}
.api{fill:var(--api)}.nodes{fill:var(--nodes)}.manager{fill:var(--manager)}.unsaid{fill:var(--unsaid)}
@media print{:root{color-scheme:light}body{max-width:none;padding:0;font-size:10pt}}
`;
