/* What the page asks the server. */

/* The token comes behind the '#' of the URL that the server printed, which no server gets to see;
 * it is taken from the address bar at once. */
const begun = location.hash.match(/^#token=([0-9a-f]{32})$/);
if (begun) {
    sessionStorage.setItem('token', begun[1]);
    history.replaceState(null, '', '#/exchanges');
}

export const hasToken = () => sessionStorage.getItem('token') !== null;
export const setToken = token => sessionStorage.setItem('token', token);

async function answer(response) {
    let object = {};
    try {
        object = await response.json();
    } catch { /* then the status has to do */ }
    if (!response.ok) {
        const error = new Error(object.error ?? `The server answered ${response.status}.`);
        error.status = response.status;
        throw error;
    }
    return object;
}

/** An object of the API; throws an Error with the server's words. */
export async function get(path, query = {}) {
    const given = Object.entries(query).filter(([, v]) => v !== '' && v !== undefined && v !== null);
    const text = new URLSearchParams(given).toString();
    return answer(await fetch(path + (text ? `?${text}` : '')));
}

/** A change of the lab. */
export async function change(order) {
    return answer(await fetch('/api/change', {
        method: 'POST',
        headers: {'content-type': 'application/json',
                  'x-console-token': sessionStorage.getItem('token') ?? ''},
        body: JSON.stringify(order),
    }));
}

const HIDDEN_MS = 20000;
const AGAIN_MS = 3000;

/** The server's events, as long as the page is looked at: a browser opens six connections to a
 *  server at most, and a forgotten tab must not hold one. Goes on where it was.
 *  @param on  {exchanges, counts, state, hello}: functions of the event's object; `connection` of
 *             'live', 'lost' or 'asleep' */
export class Events {
    constructor(on) {
        this.on = on;
        this.last = '';
        document.addEventListener('visibilitychange', () => this.look());
        window.addEventListener('pagehide', () => this.close());
        window.addEventListener('pageshow', event => event.persisted && this.open());
        this.open();
    }

    look() {
        clearTimeout(this.sleep);
        if (document.hidden)
            this.sleep = setTimeout(() => { this.close(); this.on.connection('asleep'); }, HIDDEN_MS);
        else if (!this.source)
            this.open();
    }

    open() {
        clearTimeout(this.again);
        this.close();
        this.source = new EventSource(this.last ? `/api/events?after=${this.last}` : '/api/events');
        this.source.onopen = () => this.on.connection('live');
        this.source.onerror = () => this.lose();
        for (const name of ['hello', 'exchanges', 'counts', 'state'])
            this.source.addEventListener(name, event => {
                this.last = event.lastEventId || this.last;
                this.on[name](JSON.parse(event.data));
            });
    }

    /** A refusal ends an EventSource for good; a break does not. */
    lose() {
        this.on.connection('lost');
        if (this.source.readyState === EventSource.CLOSED)
            this.again = setTimeout(() => this.open(), AGAIN_MS);
    }

    close() {
        this.source?.close();
        this.source = null;
    }
}
