/* What would happen to a request, before anything is sent. */
import {get} from './api.js';
import {diagnosisList} from './diagnosis.js';
import {dayOf, h, plain, replace, timeOf} from './dom.js';
import {SERVICE} from './settings.js';

const METHODS = ['GET', 'POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'PATCH'];
const VERDICT = {allowed: ['✓', 'It would pass'], refused: ['✕', 'It would be refused'],
                 unreached: ['!', 'It would not come to the CORS filter']};

const field = (label, input, hint, className = 'field') => h('label', {class: className}, h('span', {}, label), input,
    hint ? h('small', {}, hint) : null);

/** Which exchange of the trace a line is about. */
function recordedAs({recorded, unrecorded}) {
    if (!recorded)
        return unrecorded ? h('p', {class: 'quiet'}, `${unrecorded}.`) : '';
    const at = Date.parse(recorded.time);
    const {method, target} = recorded.request ?? {method: 'a connection', target: ''};
    return h('p', {}, 'Recorded as ', h('a', {href: `#/exchanges/i${recorded.id}`}, `exchange ${recorded.id}`),
        ` of ${dayOf(at)}, ${timeOf(at)}: `, plain(`${method} ${target}`.trim()),
        recorded.response ? `, ${recorded.response.status}` : ', no answer');
}

export class Explain {
    /** @param run  gives what diagnosisList takes under that name */
    constructor(element, lab, {origins, titleOf, run}) {
        Object.assign(this, {element, lab, origins, titleOf, run});
        this.asked = 0;
        this.make();
    }

    make() {
        this.node = h('select', {id: 'explain-node', onchange: () => this.fillServices()},
            this.lab.nodes.map(n => h('option', {value: n.name}, `${n.name} (${n.hostname})`)));
        this.service = h('select', {id: 'explain-service'});
        this.origin = h('input', {id: 'explain-origin', type: 'text', list: 'known-origins', required: true, autocomplete: 'off',
            spellcheck: 'false', placeholder: 'https://finessep.uccelab.tac:8445'});
        this.known = h('datalist', {id: 'known-origins'});
        this.method = h('select', {id: 'explain-method'}, METHODS.map(m => h('option', {}, m)));
        this.headers = h('input', {id: 'explain-headers', type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: 'content-type, requestid'});
        this.path = h('input', {id: 'explain-path', type: 'text', autocomplete: 'off', spellcheck: 'false', placeholder: '/cuic/…'});
        this.result = h('div', {class: 'card result', 'aria-live': 'polite', hidden: true});
        replace(this.element, h('div', {class: 'ways'}, this.requestForm(), this.consoleForm()), this.result);
        this.fillServices();
    }

    requestForm() {
        return h('form', {class: 'card explain-form', onsubmit: event => { event.preventDefault(); this.ask(); }},
            h('h3', {}, 'What would happen, and why'),
            h('p', {class: 'quiet'}, 'Nothing is sent. The answer follows from what is configured and running now, as that of ',
                h('code', {}, 'lab explain'), '.'),
            h('div', {class: 'fields'},
                field('Origin of the page', this.origin, 'as a browser sends it: scheme, host, and the port unless it is the usual one', 'field wide'), this.known,
                field('Node', this.node), field('Service', this.service), field('Method', this.method),
                field('Request headers', this.headers, 'set by the script'), field('Path', this.path, 'when it is known')),
            h('button', {class: 'primary'}, 'Explain'));
    }

    consoleForm() {
        this.text = h('textarea', {id: 'explain-console', required: true, spellcheck: 'false', 'aria-label': 'What the browser’s console says',
            placeholder: "Access to fetch at 'https://…' from origin 'https://…' has been blocked by CORS policy: …"});
        return h('form', {class: 'card explain-form', onsubmit: event => { event.preventDefault(); this.askConsole(); }},
            h('h3', {}, 'What the browser’s console says'),
            h('p', {class: 'quiet'}, 'Paste its red line, of Chromium or Firefox. What it leaves open is taken from the trace, or from the other fields.'),
            this.text, h('button', {class: 'primary'}, 'Explain the line'));
    }

    fillServices() {
        const node = this.lab.nodes.find(n => n.name === this.node.value);
        const was = this.service.value;
        replace(this.service, node.services.map(s => h('option', {value: s}, SERVICE[s])));
        if (node.services.includes(was))
            this.service.value = was;
    }

    shown() {
        replace(this.known, this.origins().map(value => h('option', {value})));
    }

    fields() {
        return {origin: this.origin.value, node: this.node.value, service: this.service.value,
                method: this.method.value, headers: this.headers.value, path: this.path.value};
    }

    ask() {
        return this.show(this.fields());
    }

    askConsole() {
        const {origin, node, headers} = this.fields();
        return this.show({console: this.text.value, origin, node, headers});
    }

    async show(query) {
        const question = ++this.asked;
        const shown = await get('/api/explain', query).then(found => this.found(query, found),
                                                            error => h('p', {class: 'problem'}, error.message));
        if (question !== this.asked)
            return; /* an older answer came late */
        replace(this.result, shown);
        this.result.hidden = false;
    }

    found(query, found) {
        const line = found.console;
        const said = line && h('div', {class: 'recognised'}, h('p', {class: 'quiet'}, `${line.browser}: ${line.code}`), h('p', {}, plain(line.says)));
        if (said)
            said.append(recordedAs(found));
        if (!found.verdict)
            return [said, h('p', {class: 'problem'}, found.missing === 'node'
                ? 'Its host is no node of this lab; choose the node that is meant.'
                : 'It does not tell the page’s origin; write it into its field.')];
        const [sign, words] = VERDICT[found.verdict];
        const outcome = {allowed: 'allowed', refused: 'refused', unreached: 'error'}[found.verdict];
        const facts = [query.method ?? found.recorded?.request?.method ?? line?.method, found.node, SERVICE[found.service], this.titleOf(found.reason)];
        return [h('header', {class: `headline ${outcome}`}, h('span', {class: 'big-sign', 'aria-hidden': 'true'}, sign),
                    h('div', {}, h('h3', {}, words), h('p', {class: 'facts'}, facts.filter(Boolean).map(t => h('span', {}, plain(t)))))),
                said, diagnosisList(found, {all: 3, run: this.run()})];
    }
}
