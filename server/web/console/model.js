/* The exchanges that the page knows: the latest ones only, and which of them the filters leave. */

export const KEPT = 5000;

/** What came of it, as far as CORS goes. */
export function outcome(x) {
    if (x.kind === 'gap')
        return 'gap';
    if (x.class === null || x.class === undefined || x.class === 'not-cors')
        return x.status >= 400 || x.status === 0 || x.kind === 'reset' ? 'error' : 'none';
    return x.allowed ? 'allowed' : 'refused';
}

const searched = x => [x.method, x.target, x.origin, x.node, x.service, x.reason, x.client,
                       x.asks, x.status, x.note].join('\n').toLowerCase();

export class Model {
    constructor() {
        this.all = []; /* the oldest first */
        this.shown = [];
        this.forgotten = 0;
        this.filter = {};
        this.ids = new Set();
        this.serial = 0; /* of items that have no id */
    }

    /** @returns how many of them the filters leave */
    add(items) {
        const fresh = items.filter(x => !x.id || !this.ids.has(x.id));
        const left = fresh.filter(x => this.prepare(x) && this.fits(x));
        this.all.push(...fresh);
        this.shown.push(...left);
        this.trim();
        return left.length;
    }

    /** Those from the trace, which happened before all others. */
    addEarlier(items) {
        const fresh = items.filter(x => !x.id || !this.ids.has(x.id));
        fresh.forEach(x => this.prepare(x));
        this.all.unshift(...fresh.slice(-(KEPT - this.all.length) || fresh.length));
        this.refilter();
        return fresh.length;
    }

    prepare(x) {
        x.key = x.id ? `i${x.id}` : `s${++this.serial}`;
        x.outcome = outcome(x);
        if (x.id)
            this.ids.add(x.id);
        return true;
    }

    trim() {
        const n = this.all.length - KEPT;
        if (n <= 0)
            return;
        const gone = new Set(this.all.splice(0, n));
        gone.forEach(x => this.ids.delete(x.id));
        let i = 0;
        while (i < this.shown.length && gone.has(this.shown[i]))
            i++;
        this.shown.splice(0, i);
        this.forgotten += n;
    }

    clear() {
        this.all = [];
        this.shown = [];
        this.forgotten = 0;
        this.ids.clear();
    }

    setFilter(filter) {
        this.filter = filter;
        this.refilter();
    }

    refilter() {
        this.shown = this.all.filter(x => this.fits(x));
    }

    isFiltered() {
        return Object.values(this.filter).some(v => v !== '');
    }

    fits(x) {
        const f = this.filter;
        if (x.kind === 'gap')
            return !this.isFiltered();
        return (!f.node || x.node === f.node) && (!f.service || x.service === f.service) &&
            (!f.reason || (x.reason ?? 'none') === f.reason) && this.fitsOutcome(x, f.outcome) &&
            (!f.text || searched(x).includes(f.text.toLowerCase()));
    }

    fitsOutcome(x, wanted) {
        if (!wanted)
            return true;
        if (wanted === 'error')
            return x.status >= 400 || x.outcome === 'error';
        if (wanted === 'none')
            return x.outcome === 'none' || x.outcome === 'error';
        return x.outcome === wanted;
    }

    find(key) {
        return this.all.find(x => x.key === key);
    }
}
