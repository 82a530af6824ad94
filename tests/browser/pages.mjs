/* Pages on another origin: an HTTPS server with certificates of the lab's CA, on a free port of
 * loopback. A browser that maps names (stage.mjs) reaches it at every port of its names, so that
 * a page's origin is whatever a test needs.
 *
 *     pages.add('/x.html', '<title>x</title>');
 *     pages.add('/socket.io.js', readFileSync(...));
 *     pages.add('/x', (request, response) => response.end('...'));
 */
import {readFileSync} from 'node:fs';
import https from 'node:https';
import {extname, join} from 'node:path';
import tls from 'node:tls';
import {CERTS} from './lab.mjs';

export const FINESSE = ['finessep.uccelab.tac', 'finesses.uccelab.tac'];

const types = {
    '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8',
    '.css': 'text/css; charset=utf-8', '.json': 'application/json', '.svg': 'image/svg+xml',
};

const contextOf = host => tls.createSecureContext({
    cert: readFileSync(join(CERTS, `${host}.crt`)), key: readFileSync(join(CERTS, `${host}.key`)),
});

export class Pages {
    static async start(names = FINESSE) {
        const pages = new Pages();
        const contexts = new Map(names.map(name => [name, contextOf(name)]));
        pages.names = names;
        pages.server = https.createServer({
            SNICallback: (name, done) => done(null, contexts.get(name)),
        }, (request, response) => pages.answer(request, response));
        await new Promise(done => pages.server.listen(0, '127.0.0.1', done));
        pages.port = pages.server.address().port;
        return pages;
    }

    constructor() {
        this.byPath = new Map();
    }

    /** @param what  a text or bytes, whose type follows from the path; or a function */
    add(path, what) {
        this.byPath.set(path, what);
    }

    answer(request, response) {
        const path = request.url.split('?')[0];
        const what = this.byPath.get(path);
        if (what === undefined)
            response.writeHead(404, {'content-type': 'text/plain'}).end('no such page');
        else if (typeof what === 'function')
            what(request, response);
        else
            response.writeHead(200, {
                'content-type': types[extname(path)] ?? 'application/octet-stream',
                'cache-control': 'no-store',
            }).end(what);
    }

    async close() {
        const closed = new Promise(done => this.server.close(done));
        this.server.closeAllConnections();
        await closed;
    }
}
