/* A running lab: the real programs in a temporary folder, on loopback and free ports.
 *
 *     const lab = await Lab.start({config: 'simulation { agents = 200 }'});
 *     await lab.must('utils live-data cors disable', 'cuicsub');
 *     const answer = await lab.ask('live-data', '/security', {headers: {Origin: '...'}});
 *     await lab.close();
 *
 * The programs are those of $CUICSIM_BUILD, the certificates those of $CUICSIM_CERTS; tests/browser/run
 * sets both. The server dies with this process, whatever ends it. */
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {readFileSync, writeFileSync} from 'node:fs';
import https from 'node:https';
import {dirname, join, resolve} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';
import {atEnd, temporaryFolder} from './ending.mjs';

export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const BUILD = resolve(ROOT, process.env.CUICSIM_BUILD ?? 'build');
export const CERTS = resolve(process.env.CUICSIM_CERTS ?? join(BUILD, 'test-certs'));
export const CA = readFileSync(join(CERTS, 'ca.crt'));

export const PUB = 'cuicpub.uccelab.tac';
export const SUB = 'cuicsub.uccelab.tac';

/** How long a test waits for one thing at most, and how long it may last: both only end what hangs. No
 *  test is judged by how long something takes. */
export const DEADLINE_MS = 120000;
export const TEST_MS = 5 * DEADLINE_MS;

/** An address of loopback that no other process has: a lab that is started again needs the ports that
 *  it had, and on 127.0.0.1 anybody may be given them meanwhile. */
export const OWN_ADDRESS = `127.${64 + (process.pid >> 16 & 63)}.${process.pid >> 8 & 255}.${process.pid & 255}`;

/** An agent that connects every name to loopback, and trusts the lab's CA alone. */
export function loopbackAgent(options = {}, address = OWN_ADDRESS) {
    const family = address.includes(':') ? 6 : 4;
    return new https.Agent({
        ca: CA,
        lookup: (name, how, done) => how.all ? done(null, [{address, family}])
                                             : done(null, address, family),
        ...options,
    });
}

/** Wait until `what()` is true, or resolves to something that is.
 * @param name  what to say when that was in vain: a text, or a function that gives it then */
export async function until(what, name) {
    for (const end = Date.now() + DEADLINE_MS; Date.now() < end;) {
        const found = await what();
        if (found)
            return found;
        await new Promise(done => setTimeout(done, 20));
    }
    assert.fail(`waited in vain until ${typeof name === 'function' ? name() : name}`);
}

/** A promise, or a failure at the deadline. */
export function within(promise, name) {
    let timer;
    const late = new Promise((_, fail) => {
        timer = setTimeout(() => fail(new Error(`waited in vain for ${name}`)), DEADLINE_MS);
    });
    return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** Run a program to its end.
 * @returns {status, out, err}: exit status, or the signal's name */
export function run(program, args, {input = '', env = {}} = {}) {
    const child = spawn(program, args, {env: {...process.env, ...env}});
    let out = '';
    let err = '';
    child.stdout.setEncoding('utf8').on('data', text => out += text);
    child.stderr.setEncoding('utf8').on('data', text => err += text);
    child.stdin.on('error', () => {}); /* it may end without reading */
    child.stdin.end(input);
    return within(new Promise((done, fail) => {
        child.on('error', fail);
        child.on('close', (status, signal) => done({status: status ?? signal, out, err}));
    }), `the end of ${program} ${args.join(' ')}`).finally(() => child.kill('SIGKILL'));
}

export class Lab {
    /** @param sites  listening sites: more lines of their sections, such as {finesse: 'hostnames = ...'}
     *  @param config  more of the configuration; a `simulation` or `live_data` section, for example
     *  @param state   "article" or "factory": see `lab reset`
     *  @param address of loopback, where it listens: "127.0.0.1" or "[::1]" */
    static async start({sites = {cuic: '', 'live-data': ''}, config = '', state = 'article',
                        address = OWN_ADDRESS} = {}) {
        const lab = new Lab(sites, config, address);
        try {
            await lab.must(`lab reset ${state}`);
            await lab.startServer();
        } catch (error) {
            lab.forget();
            throw error;
        }
        return lab;
    }

    constructor(sites, config, address) {
        this.address = address;
        this.folder = temporaryFolder();
        this.sites = sites;
        this.config = config;
        this.ports = {}; /* site to port, once it listens */
        this.log = '';   /* what the server wrote to stderr */
        this.writeConfig();
    }

    /** A port once found is kept by later starts. */
    writeConfig() {
        const listen = Object.entries(this.sites).map(([site, more]) =>
            `listen ${site} { addresses = {"${this.address}:${this.ports[site] ?? 0}"} ${more} }`);
        this.file = join(this.folder.path, 'cuicsim.conf');
        writeFileSync(this.file, `state_dir = "state"
cert_dir = "${CERTS}"
log_level = info
node cuicpub { hostname = "${PUB}" role = publisher }
node cuicsub { hostname = "${SUB}" role = subscriber }
${listen.join('\n')}
${this.config}
`);
    }

    /** Wait for the ready line; the addresses are in the lines before. */
    async startServer() {
        /* setpriv: a runner that is killed by SIGKILL leaves no server behind. */
        const child = spawn('setpriv', ['--pdeathsig', 'KILL', join(BUILD, 'cuicsim-server'), '-c',
                                        this.file]);
        this.server = child;
        this.killServer = atEnd(() => child.kill('SIGKILL'));
        this.ended = new Promise((done, fail) => {
            child.on('error', fail);
            child.on('close', (status, signal) => done(status ?? signal));
        });
        child.stderr.setEncoding('utf8').on('data', text => this.log += text);
        const ready = new Promise(done => {
            createInterface(child.stdout).on('line', line => this.readLine(line, done));
        });
        const status = await within(Promise.race([ready, this.ended]), 'the server\'s ready line');
        assert.equal(status, 'ready', `the server ended with ${status}:\n${this.log}`);
        this.writeConfig();
    }

    readLine(line, done) {
        const found = line.match(/^listening (\S+) .*:(\d+)$/);
        if (found)
            this.ports[found[1]] = Number(found[2]);
        else if (line.startsWith('console '))
            this.console = line.slice(8); /* its URL with the token, if it may change settings */
        else if (line.endsWith('ready'))
            done('ready');
    }

    /** Stop it as an administrator does; it must end well. */
    async stopServer() {
        this.server.kill('SIGTERM');
        const status = await within(this.ended, 'the end of the server');
        this.killServer();
        assert.equal(status, 0, `the server ended with ${status}:\n${this.log}`);
    }

    async restart() {
        await this.stopServer();
        await this.startServer();
    }

    /** Neither serve nor end; and go on. */
    pause() {
        this.server.kill('SIGSTOP');
    }

    resume() {
        this.server.kill('SIGCONT');
    }

    /** Run the shell with words on a node.
     * @returns {status, out, err} */
    cli(words, node = 'cuicpub', options = {}) {
        return run(join(BUILD, 'cuicsim-cli'), ['-c', this.file, '-n', node, ...words.split(' ')],
                   options);
    }

    /** The same, which has to succeed.
     * @returns what it printed */
    async must(words, node, options) {
        const r = await this.cli(words, node, options);
        assert.equal(r.status, 0, `'${words}' ended with ${r.status}: ${r.out}${r.err}`);
        return r.out;
    }

    /** Where a site of a node is: "https://cuicpub.uccelab.tac:41234". */
    url(site, host = PUB) {
        return `https://${host}:${this.ports[site]}`;
    }

    /** One request, by Node itself and not by a browser.
     * @returns {status, headers, body} */
    ask(site, path, {host = PUB, method = 'GET', headers = {}, body = ''} = {}) {
        const agent = loopbackAgent({}, this.address.replace(/[[\]]/g, ''));
        return within(new Promise((done, fail) => {
            const rq = https.request(this.url(site, host) + path, {agent, method, headers, servername: host}, r => {
                let text = '';
                r.setEncoding('utf8').on('data', part => text += part);
                r.on('end', () => done({status: r.statusCode, headers: r.headers, body: text}));
                r.on('error', fail);
            });
            rq.on('error', fail);
            rq.end(body);
        }), `${method} ${path}`).finally(() => agent.destroy());
    }

    /** Wait until the server has logged this text.
     * @param from  how much of `log` does not count any more: its length when the test began */
    logged(text, from = 0) {
        return until(() => this.log.includes(text, from),
                     () => `'${text}' is in the log:\n${this.log.slice(from)}`);
    }

    /** Kill what runs, remove what was written. */
    forget() {
        this.killServer?.();
        this.folder.remove();
    }

    /** Stop the server, which must end well, and remove the folder. */
    async close() {
        try {
            if (this.server.exitCode === null && this.server.signalCode === null)
                await this.stopServer();
        } finally {
            this.forget();
        }
    }
}
