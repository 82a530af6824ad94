/* Agents of the simulated contact centre, which goes on while a test gets ready: whoever is not held is in
 * a call sooner or later. */
import assert from 'node:assert/strict';
import {until} from './lab.mjs';
import {FROM} from './stage.mjs';

const {host, hostname} = new URL(FROM);
const STATE = /<state>([A-Z_]+)<\/state>/;

const ask = (lab, path, more) => lab.ask('finesse', path, {host: hostname, ...more, headers: {host, ...more?.headers}});

/** Sign in as this agent, who is asked to take no calls. @returns its state, and how to sign out again */
async function hold(lab, id) {
    const session = await ask(lab, '/desktop/sim/session', {method: 'POST', body: JSON.stringify({id})});
    assert.equal(session.status, 200, session.body);
    const headers = {cookie: session.headers['set-cookie'][0].split(';')[0]};
    const user = `/finesse/api/User/${id}`;
    await ask(lab, user, {method: 'PUT', headers: {...headers, 'content-type': 'application/xml'},
                          body: '<User><state>NOT_READY</state></User>'});
    const {body} = await ask(lab, user, {headers});
    return {state: body.match(STATE)?.[1],
            release: () => ask(lab, '/desktop/sim/session', {method: 'DELETE', headers})};
}

/** Somebody who is no supervisor, and NOT_READY until a page that signs in as the same one says
 *  something else: who has a call has to finish it first, so it is one who has none.
 * @returns the agent's id */
export async function idleAgent(lab) {
    return until(async () => {
        const {body} = await ask(lab, '/desktop/sim/people?search=');
        for (const {id} of JSON.parse(body).people.filter(one => !one.isSupervisor && !one.isHere)) {
            const {state, release} = await hold(lab, String(id));
            if (state === 'NOT_READY')
                return String(id);
            await release();
        }
        return null;
    }, 'an agent has no call');
}
