/* Exchanges by reason over the last minutes, as stacked bars. */
import {$, h, plural} from './dom.js';

const COLOURS = [ /* refused, then others: distinct for those who see red and green alike too */
    ['origin-not-listed', '--c-red'], ['cors-disabled', '--c-purple'], ['origin-null', '--c-orange'],
    ['request-header-not-allowed', '--c-amber'], ['request-method-not-allowed', '--c-brown'],
    ['method-not-allowed', '--c-brown'], ['service-down', '--c-pink'], ['proxy-down', '--c-pink'],
    ['preflight-allowed', '--c-teal'], ['actual-allowed', '--c-blue'], ['cors-disabled-passed', '--c-purple'],
    ['no-origin', '--c-grey'], ['same-origin', '--c-grey'], ['login-required', '--c-slate'],
    ['redirected', '--c-slate'], ['outside-filter', '--c-slate'], ['none', '--c-slate'],
];
const BUCKETS = 120;

export class Counts {
    /** @param titleOf  words of a reason's code
     *  @param choose   called with the code of a legend that was pressed */
    constructor(canvas, {titleOf, choose}) {
        Object.assign(this, {canvas, titleOf, choose});
        this.buckets = new Map(); /* by `until` */
        this.stepMs = 5000;
        this.ahead = 0;
        this.since = Infinity;
        this.legend = new Map(); /* by code: {item, swatch, total} */
        const dark = matchMedia('(prefers-color-scheme: dark)');
        dark.addEventListener('change', () => this.restyle());
    }

    set({now, bucket_ms: stepMs, buckets}) {
        this.stepMs = stepMs;
        this.ahead = now - Date.now(); /* the server's clock */
        this.since = now;
        this.buckets = new Map(buckets.map(b => [b.until, b.counts]));
        this.draw();
    }

    add({until, counts}) {
        this.buckets.set(until, counts);
        this.draw();
    }

    /** One more exchange, before the server's own count of the bucket comes. */
    count(x) {
        if (x.at / 1000 <= this.since)
            return;
        const until = (Math.floor(x.at / 1000 / this.stepMs) + 1) * this.stepMs;
        const counts = this.buckets.get(until) ?? {};
        const code = x.reason ?? 'none';
        counts[code] = (counts[code] ?? 0) + 1;
        this.buckets.set(until, counts);
        this.schedule();
    }

    schedule() {
        this.timer ??= setTimeout(() => { this.timer = null; this.draw(); }, 500);
    }

    untils() {
        const end = (Math.floor((Date.now() + this.ahead) / this.stepMs) + 1) * this.stepMs;
        return Array.from({length: BUCKETS}, (_, i) => end - (BUCKETS - 1 - i) * this.stepMs);
    }

    colour(code) {
        const name = COLOURS.find(([c]) => c === code)?.[1] ?? '--c-pink';
        return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    }

    draw() {
        const untils = this.untils();
        for (const until of this.buckets.keys())
            if (until < untils[0])
                this.buckets.delete(until);
        const order = COLOURS.map(([c]) => c);
        const place = code => order.includes(code) ? order.indexOf(code) : 5.5; /* a refusal */
        const codes = [...new Set([...this.buckets.values()].flatMap(c => Object.keys(c)))]
            .sort((a, b) => place(a) - place(b));
        const totals = new Map(codes.map(code => [code,
            untils.reduce((n, u) => n + (this.buckets.get(u)?.[code] ?? 0), 0)]));
        this.drawLegend(codes, totals);
        this.drawChart(untils, codes);
    }

    drawLegend(codes, totals) {
        const shown = codes.filter(c => totals.get(c) > 0);
        for (const [code, {item}] of this.legend)
            if (!shown.includes(code)) {
                item.remove();
                this.legend.delete(code);
            }
        shown.forEach((code, i) => this.drawEntry(code, i, totals.get(code)));
        const words = codes.map(c => `${plural(totals.get(c), 'exchange')}: ${this.titleOf(c)}`);
        this.canvas.setAttribute('aria-label',
            `Exchanges by reason over the last ten minutes. ${words.join('; ') || 'None'}.`);
    }

    /** An entry stays the same element, and where it is: somebody may be pressing it. */
    drawEntry(code, i, n) {
        const list = $('legend');
        if (!this.legend.has(code))
            this.legend.set(code, this.makeEntry(code));
        const {item, swatch, total} = this.legend.get(code);
        swatch.style.background = this.colour(code);
        total.textContent = n.toLocaleString();
        if (list.children[i] !== item)
            list.insertBefore(item, list.children[i] ?? null);
    }

    makeEntry(code) {
        const swatch = h('span', {class: 'swatch', 'aria-hidden': 'true'});
        const total = h('b', {});
        return {swatch, total, item: h('li', {}, h('button', {type: 'button', onclick: () => this.choose(code)}, swatch,
            `${this.titleOf(code)} `, total))};
    }

    drawChart(untils, codes) {
        const datasets = codes.map(code => ({
            label: this.titleOf(code), data: untils.map(u => this.buckets.get(u)?.[code] ?? 0),
            backgroundColor: this.colour(code),
        }));
        this.chart ??= this.make();
        this.chart.data.labels = untils;
        this.chart.data.datasets = datasets;
        this.chart.update('none');
    }

    style() {
        const style = getComputedStyle(document.documentElement);
        return {text: style.getPropertyValue('--quiet').trim(), line: style.getPropertyValue('--line').trim()};
    }

    restyle() {
        if (!this.chart)
            return;
        const {text, line} = this.style();
        const {x, y} = this.chart.options.scales;
        x.ticks.color = y.ticks.color = text;
        y.grid.color = line;
        this.draw();
    }

    make() {
        const {text, line} = this.style();
        const time = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', hourCycle: 'h23'});
        const second = new Intl.DateTimeFormat(undefined, {hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23'});
        return new Chart(this.canvas, {
            type: 'bar',
            data: {labels: [], datasets: []},
            options: {
                animation: false, responsive: true, maintainAspectRatio: false,
                datasets: {bar: {barPercentage: 1, categoryPercentage: 0.82}},
                interaction: {mode: 'index', intersect: false},
                plugins: {legend: {display: false}, tooltip: {
                    filter: item => item.raw > 0,
                    callbacks: {title: ([item]) => item ? `until ${second.format(item.label)}` : ''},
                }},
                scales: {
                    x: {stacked: true, grid: {display: false}, ticks: {color: text, maxRotation: 0, autoSkip: false,
                        callback(value) {
                            const until = this.getLabelForValue(value);
                            return until % 120000 === 0 ? time.format(until) : null;
                        }}},
                    y: {stacked: true, beginAtZero: true, suggestedMax: 4, grid: {color: line},
                        border: {display: false}, ticks: {color: text, precision: 0, maxTicksLimit: 4}},
                },
            },
        });
    }
}
