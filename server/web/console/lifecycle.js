/* What a gadget, its browser and the server did, step by step, as it follows from one exchange and
 * the preflight or request that belongs to it. Pure: objects of /api/exchange to a list of steps.
 *
 * A step is an arrow from one lane to another, or a note at one lane. Its state:
 *   ok     as it should be          open   not seen: it may come, or has not been sent
 *   fail   here it goes wrong       skip   never happens, since something before failed
 *   after  what follows from that   plain  neither good nor bad */

export const GADGET = 0;
export const BROWSER = 1;
export const SERVER = 2;

const MISSING = "No 'Access-Control-Allow-Origin' header is present on the requested resource.";
const ALWAYS_ALLOWED = ['GET', 'HEAD', 'POST'];

/** Fields of a recorded head: a Map of lower-case names to lists of values. */
export function fieldsOf(head) {
    const fields = new Map();
    for (const line of (head ?? '').split(/\r?\n/).slice(1)) {
        const colon = line.indexOf(':');
        if (colon > 0) {
            const name = line.slice(0, colon).trim().toLowerCase();
            fields.set(name, [...fields.get(name) ?? [], line.slice(colon + 1).trim()]);
        }
    }
    return fields;
}

export function isPreflight(x) {
    return x?.request?.method === 'OPTIONS' && x.request.origin !== null &&
        x.request.request_method !== null;
}

/* ---- what a browser checks --- @source Fetch standard, "CORS check" and "CORS-preflight fetch" */

function checkOrigin(fields, origin) {
    const values = fields.get('access-control-allow-origin') ?? [];
    if (values.length === 0)
        return MISSING;
    if (values.length > 1 || values[0].includes(','))
        return `The 'Access-Control-Allow-Origin' header contains multiple values '${values.join(', ')}', but only one is allowed.`;
    if (values[0] !== '*' && values[0] !== origin)
        return `The 'Access-Control-Allow-Origin' header has a value '${values[0]}' that is not equal to the supplied origin.`;
    return null;
}

const listed = (fields, name) => (fields.get(name) ?? []).join(',').split(',')
    .map(v => v.trim()).filter(v => v !== '');

function checkLists(fields, rq) {
    const methods = listed(fields, 'access-control-allow-methods');
    const headers = listed(fields, 'access-control-allow-headers').map(v => v.toLowerCase());
    const wanted = (rq.request_headers ?? '').split(',').map(v => v.trim()).filter(v => v !== '');
    if (!ALWAYS_ALLOWED.includes(rq.request_method) && !methods.includes(rq.request_method) &&
        !methods.includes('*'))
        return `Method ${rq.request_method} is not allowed by Access-Control-Allow-Methods in preflight response.`;
    const missing = wanted.find(v => !headers.includes(v.toLowerCase()) && !headers.includes('*'));
    return missing === undefined ? null
        : `Request header field ${missing} is not allowed by Access-Control-Allow-Headers in preflight response.`;
}

/** What Chromium complains of, without its frame; null: nothing. */
function checkPreflight(x) {
    const {status} = x.response;
    const fields = fieldsOf(x.response.head);
    const phrase = "Response to preflight request doesn't pass access control check: ";
    if (status >= 300 && status < 400)
        return `${phrase}Redirect is not allowed for a preflight request.`;
    const origin = checkOrigin(fields, x.request.origin);
    if (origin !== null)
        return phrase + origin;
    if (status < 200 || status > 299)
        return `${phrase}It does not have HTTP ok status.`;
    return checkLists(fields, x.request);
}

/* ---- words ---- */

const statusOf = x => x.response ? String(x.response.status) : 'no answer';

function urlOf(x) {
    const {host, target} = x.request;
    return /^https?:/i.test(target ?? '') ? target : `https://${host ?? '?'}${target ?? ''}`;
}

function allowOf(x) {
    const values = fieldsOf(x.response.head).get('access-control-allow-origin');
    return values ? `access-control-allow-origin:\n${values.join(', ')}` : 'no CORS header';
}

function decisionOf(x) {
    if (x.decision?.class)
        return {title: x.decision.title ?? x.decision.reason,
                detail: x.decision.culprit ? `it is about “${x.decision.culprit}”` : '',
                state: x.decision.allowed ? 'ok' : 'fail'};
    if (!x.response)
        return {title: 'No answer', detail: x.note ?? 'the connection ended before', state: 'fail'};
    const isBad = x.request.origin !== null &&
        (x.response.status >= 300 || !fieldsOf(x.response.head).has('access-control-allow-origin'));
    return {title: x.decision?.title ?? 'Answered before the CORS filter', detail: x.note ?? '', state: isBad ? 'fail' : 'plain'};
}

/* ---- the story ---- */

class Story {
    constructor() {
        this.steps = [];
        this.console = null; /* what Chromium's console says */
        this.isOver = false;
    }

    arrow(from, to, title, detail = '', state = 'ok') {
        this.steps.push({kind: 'arrow', from, to, title, detail, state: this.isOver && state !== 'after' ? 'skip' : state});
    }

    note(at, title, detail = '', state = 'ok') {
        this.steps.push({kind: 'note', at, title, detail, state: this.isOver ? 'skip' : state});
    }

    /** The server's part of one exchange. */
    exchange(x, title, detail) {
        this.arrow(BROWSER, SERVER, title, detail);
        const d = decisionOf(x);
        this.note(SERVER, d.title, d.detail, d.state);
        if (x.response)
            this.arrow(SERVER, BROWSER, statusOf(x), x.request.origin === null ? '' : allowOf(x),
                       d.state === 'fail' ? 'after' : 'ok');
        return d.state !== 'fail';
    }

    /** The browser has looked at an answer. @param complaint  null: it is content */
    verdict(x, complaint, wasGood, good) {
        if (complaint === null) {
            this.note(BROWSER, good, '', 'ok');
            return true;
        }
        this.note(BROWSER, 'Blocked by CORS policy', complaint, wasGood ? 'fail' : 'after');
        this.console = `Access to fetch at '${urlOf(x)}' from origin '${x.request.origin}' has been blocked by CORS policy: ${complaint}`;
        return false;
    }

    /** The connection broke: that is no matter of CORS for the browser. */
    broken(x) {
        this.note(BROWSER, 'No answer came', 'net::ERR_EMPTY_RESPONSE, or a reset', 'after');
        this.console = `${x.request.method} ${urlOf(x)} net::ERR_EMPTY_RESPONSE`;
    }

    end(isGood) {
        if (isGood)
            this.arrow(BROWSER, GADGET, 'The answer', 'the script can read it');
        else
            this.arrow(BROWSER, GADGET, 'TypeError: Failed to fetch', 'all that the script is told', 'after');
    }
}

function tellPreflight(story, x) {
    const {request_method: method, request_headers: headers} = x.request;
    const wasGood = story.exchange(x, `OPTIONS ${x.request.target}`,
        `preflight, Origin: ${x.request.origin}\nasks for ${method || '(nothing)'}${headers ? ` with ${headers}` : ''}`);
    if (!x.response) {
        story.broken(x);
        return false;
    }
    return story.verdict(x, checkPreflight(x), wasGood, 'The preflight passes');
}

function tellActual(story, x) {
    const isCors = x.request.origin !== null;
    const wasGood = story.exchange(x, `${x.request.method} ${x.request.target}`,
        isCors ? `Origin: ${x.request.origin}` : 'without an Origin');
    if (!x.response) {
        story.broken(x);
        return false;
    }
    if (!isCors || x.decision?.class === 'not-cors')
        return true;
    if (x.response.status === 101) {
        story.note(BROWSER, 'WebSocket', 'browsers do not ask CORS here; the filter has looked at the Origin', 'plain');
        return wasGood;
    }
    return story.verdict(x, checkOrigin(fieldsOf(x.response.head), x.request.origin), wasGood,
                         'The answer may be read');
}

function tellReset(story, x) {
    story.arrow(GADGET, BROWSER, 'a request', '', 'plain');
    story.arrow(BROWSER, SERVER, 'TLS handshake', `to ${x.tls?.name ?? x.node}`);
    story.note(SERVER, 'Reset', x.note ?? "the node's web proxy does not run", 'fail');
    story.note(BROWSER, 'net::ERR_CONNECTION_RESET', 'not a CORS error, though it may look like one', 'after');
    story.end(false);
    return story;
}

/** @param x        an exchange, whole
 *  @param partner  the preflight before it or the request behind it; or null
 *  @returns {steps, console, failed}: `failed` is the index of the step where it goes wrong, or -1 */
export function lifecycle(x, partner) {
    const story = new Story();
    if (x.kind === 'reset') {
        tellReset(story, x);
    } else {
        const preflight = isPreflight(x) ? x : isPreflight(partner) ? partner : null;
        const actual = isPreflight(x) ? partner : x;
        tell(story, preflight, actual);
    }
    return {steps: story.steps, console: story.console,
            failed: story.steps.findIndex(step => step.state === 'fail')};
}

function tell(story, preflight, actual) {
    const method = actual?.request.method ?? preflight.request.request_method;
    const {target, origin} = (actual ?? preflight).request;

    story.arrow(GADGET, BROWSER, `fetch: ${method || '(no method)'} ${target}`,
                origin === null ? '' : `page of ${origin}`, 'plain');
    if (preflight && !tellPreflight(story, preflight)) {
        story.isOver = true;
        story.arrow(BROWSER, SERVER, `${method || 'the request'} ${target}`, 'never sent', 'skip');
        story.end(false);
    } else if (actual) {
        story.end(tellActual(story, actual));
    } else {
        story.arrow(BROWSER, SERVER, `${method} ${target}`, 'not seen by this server', 'open');
    }
}
