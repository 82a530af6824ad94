/* The list of exchanges: only the rows that can be seen are in the document, however many there
 * are. The latest one is on top, and what somebody looks at stays where it is when others come. */
import {h, plain, plural, timeOf, unseen} from './dom.js';

const ROW = 58; /* pixels; .row in exchanges.css */
const SPARE = 6; /* rows above and below what can be seen */

const SIGN = {refused: '✕', allowed: '✓', none: '–', error: '!', gap: '…'};
const WORD = {refused: 'refused', allowed: 'allowed', none: 'no CORS', error: 'failed', gap: 'gap'};

export class List {
    /** @param choose  called with the exchange that was selected: see select() */
    constructor(element, model, {choose, titleOf}) {
        Object.assign(this, {element, model, choose, titleOf});
        this.space = h('div', {class: 'space', role: 'presentation'});
        this.empty = h('p', {class: 'empty'});
        element.append(this.space);
        this.selected = null; /* key */
        this.rows = new Map();
        element.addEventListener('scroll', () => this.draw(), {passive: true});
        element.addEventListener('keydown', event => this.key(event));
        element.addEventListener('click', event => this.click(event));
        new ResizeObserver(() => this.draw()).observe(element);
    }

    /** Index from the top to the exchange there. */
    at(i) {
        return this.model.shown[this.model.shown.length - 1 - i];
    }

    index(key) {
        const at = this.model.shown.findLastIndex(x => x.key === key);
        return at < 0 ? -1 : this.model.shown.length - 1 - at;
    }

    /** Others were added on top: leave alone what is looked at. */
    grown(n) {
        if (this.element.scrollTop > 0)
            this.element.scrollTop += n * ROW;
        this.schedule();
    }

    schedule() {
        this.frame ??= requestAnimationFrame(() => { this.frame = null; this.draw(); });
    }

    draw() {
        const n = this.model.shown.length;
        this.space.style.height = `${n * ROW}px`;
        const first = Math.max(0, Math.floor(this.element.scrollTop / ROW) - SPARE);
        const end = Math.min(n, Math.ceil((this.element.scrollTop + this.element.clientHeight) / ROW) + SPARE);
        const wanted = new Map();
        for (let i = first; i < end; i++)
            wanted.set(this.at(i).key, i);
        for (const [key, row] of this.rows)
            if (!wanted.has(key)) {
                row.remove();
                this.rows.delete(key);
            }
        for (const [key, i] of wanted)
            this.place(key, i, n);
        this.drawEmpty(n);
        if (this.rows.has(this.selected))
            this.element.setAttribute('aria-activedescendant', `row-${this.selected}`);
        else
            this.element.removeAttribute('aria-activedescendant');
    }

    drawEmpty(n) {
        this.empty.textContent = this.model.all.length > 0 ? 'No exchange fits the filters.'
            : 'No exchange yet. Send one: a gadget, a page of another origin, or curl.';
        if (n === 0 && !this.empty.isConnected)
            this.element.append(this.empty);
        else if (n > 0)
            this.empty.remove();
    }

    place(key, i, n) {
        let row = this.rows.get(key);
        if (!row) {
            row = this.make(this.at(i));
            this.rows.set(key, row);
            this.space.append(row);
        }
        row.style.top = `${i * ROW}px`;
        row.setAttribute('aria-posinset', i + 1);
        row.setAttribute('aria-setsize', n);
        row.setAttribute('aria-selected', key === this.selected);
    }

    make(x) {
        if (x.kind === 'gap')
            return h('div', {class: 'row gap', role: 'option', id: `row-${x.key}`, 'data-key': x.key},
                h('span', {class: 'sign', 'aria-hidden': 'true'}, SIGN.gap),
                h('span', {class: 'row-main'},
                    `${plural(x.dropped, 'exchange')} not shown`),
                h('span', {class: 'row-sub'}, x.note ?? ''));
        const line = `${x.kind === 'reset' ? 'reset in the handshake' : `${x.method} ${x.target}`}`;
        return h('div', {class: `row ${x.outcome}`, role: 'option', id: `row-${x.key}`, 'data-key': x.key},
            h('span', {class: 'sign', 'aria-hidden': 'true'}, SIGN[x.outcome]),
            h('span', {class: 'row-main', title: plain(line)}, unseen(`${WORD[x.outcome]}, `),
                h('b', {class: 'method'}, plain(x.method ?? '')), ' ', plain(x.target ?? line)),
            h('span', {class: 'row-status'}, x.status ? String(x.status) : '—'),
            h('span', {class: 'row-sub'},
                h('span', {class: 'where'}, plain(x.node), x.service === 'cuic' ? '' : ` · ${x.service}`),
                h('span', {class: 'why'}, this.titleOf(x)),
                h('span', {class: 'from'}, plain(x.origin ?? ''))),
            h('time', {class: 'row-time', datetime: new Date(x.at / 1000).toISOString()},
                timeOf(x.at / 1000)));
    }

    click(event) {
        const row = event.target.closest('.row');
        if (row)
            this.select(row.dataset.key, true, true);
    }

    key(event) {
        const n = this.model.shown.length;
        const page = Math.max(1, Math.floor(this.element.clientHeight / ROW) - 1);
        const i = this.index(this.selected);
        const to = {ArrowDown: i + 1, ArrowUp: i < 0 ? 0 : i - 1, PageDown: i + page, PageUp: i - page,
                    Home: 0, End: n - 1}[event.key];
        if (n === 0 || event.altKey || event.ctrlKey || event.metaKey)
            return;
        if (event.key === 'Enter' || event.key === ' ')
            this.select(this.selected ?? this.at(0).key, true);
        else if (to !== undefined)
            this.select(this.at(Math.min(n - 1, Math.max(0, to))).key, false);
        else
            return;
        event.preventDefault();
    }

    /** @param isOpened  it is to be gone to, not only to be shown beside the list
     *  @param isAnew    it is asked for again, even if it is shown already */
    select(key, isOpened, isAnew = this.selected !== key) {
        const i = this.index(key);
        this.selected = key;
        if (i >= 0) {
            const {scrollTop, clientHeight} = this.element;
            if (i * ROW < scrollTop)
                this.element.scrollTop = i * ROW;
            else if ((i + 1) * ROW > scrollTop + clientHeight)
                this.element.scrollTop = (i + 1) * ROW - clientHeight;
        }
        this.draw();
        const x = this.model.find(key);
        if (x && x.kind !== 'gap')
            this.choose(x, isOpened, isAnew);
    }
}
