/* One exchange, whole. */
import {get} from './api.js';
import {diagnosisList} from './diagnosis.js';
import {diagram, stepList} from './diagram.js';
import {copyButton, dayOf, durationOf, h, plain, replace, timeOf} from './dom.js';
import {isPreflight, lifecycle} from './lifecycle.js';
import {outcome as outcomeOf} from './model.js';

const SIGN = {refused: '✕', allowed: '✓', none: '–', error: '!'};

function titleOf(x) {
    if (x.kind === 'reset')
        return 'Reset in the TLS handshake';
    if (x.decision)
        return x.decision.title ?? x.decision.reason;
    return x.response ? `Answered ${x.response.status} before the CORS filter was asked` : 'No answer';
}

function headline(x, outcome) {
    const what = x.decision?.class === 'not-cors' ? '' : x.decision?.class ?? '';
    const facts = [what, x.request ? `${x.request.method} ${x.request.target}` : '',
                   `${x.node}${x.service ? ` · ${x.service}` : ''}`,
                   x.response ? `status ${x.response.status}` : ''];
    return h('header', {class: `headline ${outcome}`},
        h('span', {class: 'big-sign', 'aria-hidden': 'true'}, SIGN[outcome]),
        h('div', {},
            h('h3', {id: 'detail-title'}, {refused: 'Refused: ', allowed: 'Allowed: '}[outcome] ?? '', titleOf(x)),
            h('p', {class: 'facts'}, facts.filter(Boolean).map(t => h('span', {}, plain(t))))));
}

function part(title, ...content) {
    return h('section', {class: 'part'}, h('h4', {}, title), content);
}

const CORS = /^(origin|vary|access-control-[a-z-]+)$/i;

/** A head as it was sent, the lines that count for CORS marked. */
function headBlock(title, head, cut) {
    if (!head)
        return h('div', {class: 'head-block'}, h('h5', {}, title), h('p', {class: 'quiet'}, 'none'));
    const lines = head.replace(/\r\n/g, '\n').trimEnd().split('\n');
    return h('div', {class: 'head-block'},
        h('div', {class: 'head-title'}, h('h5', {}, title), copyButton(head, title.toLowerCase())),
        h('pre', {tabindex: '0', role: 'group', 'aria-label': title}, lines.map((line, i) => {
            const colon = line.indexOf(':');
            const name = i > 0 && colon > 0 ? line.slice(0, colon) : '';
            return [h('span', {class: i === 0 ? 'first' : CORS.test(name) ? 'cors' : ''},
                name ? h('span', {class: 'name'}, plain(name)) : '', plain(line.slice(name.length))), '\n'];
        })),
        cut ? h('p', {class: 'quiet'}, 'It was longer, and is cut.') : null);
}

function bodyBlock(title, body) {
    return body ? h('div', {class: 'head-block'}, h('h5', {}, title),
        h('pre', {tabindex: '0', role: 'group', 'aria-label': title}, plain(body.slice(0, 20000)))) : null;
}

function blocks(x) {
    return h('div', {class: 'heads'},
        headBlock('Request as received', x.request?.head, x.cut.includes('request_head')),
        headBlock('Response as sent', x.response?.head, x.cut.includes('response_head')),
        bodyBlock('Request body', x.request?.body), bodyBlock('Response body', x.response?.body));
}

function headParts(x, partner) {
    if (!partner)
        return [part('Headers', blocks(x))];
    const [first, second] = isPreflight(x) ? [x, partner] : [partner, x];
    return [part(`Headers of the preflight (${first.id})`, blocks(first)),
            part(`Headers of the request (${second.id})`, blocks(second))];
}

function connection(x) {
    const at = Date.parse(x.time);
    const rows = [['Time', `${dayOf(at)}, ${timeOf(at)}`], ['Took', durationOf(x.duration_us)],
                  ['Client', `${x.client.address ?? '?'} port ${x.client.port}, connection ${x.client.connection}`],
                  ['At', x.server], ['TLS', [x.tls?.version, x.tls?.name && `for ${x.tls.name}`].filter(Boolean).join(' ')],
                  ['Fault', x.fault], ['Note', x.note], ['Number in the trace', x.id]];
    return h('dl', {class: 'connection-facts'}, rows.filter(([, v]) => v !== null && v !== undefined && v !== '')
        .map(([name, value]) => [h('dt', {}, name), h('dd', {}, plain(value))]));
}

function render({exchange: x, partner, diagnosis}, run) {
    const outcome = outcomeOf({kind: x.kind, class: x.decision?.class, allowed: x.decision?.allowed, status: x.response?.status ?? 0});
    const story = lifecycle(x, partner);
    const isWrong = story.failed >= 0;
    return [
        headline(x, outcome),
        x.decision?.why ? h('p', {class: 'why-text'}, plain(x.decision.why),
            x.decision.culprit ? [' It is about ', h('code', {}, plain(x.decision.culprit)), '.'] : '') : null,
        part('Life cycle', diagram(story), stepList(story),
            story.console ? h('div', {class: 'says'}, h('p', {}, "Chromium's console says"),
                h('code', {}, plain(story.console))) : null),
        isWrong || diagnosis?.verdict === 'refused' || diagnosis?.verdict === 'unreached'
            ? part(diagnosis?.verdict === 'allowed' ? 'Diagnosis: it would pass now' : 'Diagnosis', diagnosisList(diagnosis, {run})) : null,
        headParts(x, partner),
        part('Connection', connection(x)),
    ];
}

export class Detail {
    /** @param close  called to go back to the list
     *  @param run    carries a command out: see diagnosisList */
    constructor(element, {close, run}) {
        Object.assign(this, {element, close, run});
        this.wanted = 0;
        this.clear();
        element.addEventListener('keydown', event => event.key === 'Escape' && close());
    }

    clear() {
        this.wanted++;
        replace(this.element, h('p', {class: 'empty'}, 'Select an exchange to see what happened, step by step.'));
    }

    /** @param x  as the list has it; of the trace, `id` is enough */
    async show(x) {
        const wanted = ++this.wanted;
        this.element.setAttribute('aria-busy', 'true');
        try {
            const whole = await get('/api/exchange', x.id ? {id: x.id} : {seq: x.seq});
            if (wanted === this.wanted)
                replace(this.element, this.back(), render(whole, this.run));
        } catch (error) {
            if (wanted === this.wanted)
                replace(this.element, this.back(), h('p', {class: 'problem'}, error.message));
        } finally {
            if (wanted === this.wanted)
                this.element.removeAttribute('aria-busy');
        }
    }

    back() {
        return h('button', {type: 'button', class: 'back', onclick: () => this.close()}, '← All exchanges');
    }
}
