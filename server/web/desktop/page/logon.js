/* Signing in: one click, or a search. */

const place = (id) => document.getElementById(id);

function make(name, className, ...children) {
    const element = document.createElement(name);
    element.className = className;
    element.append(...children);
    return element;
}

function fail(message) {
    place('failure').textContent = message;
}

async function signIn(id) {
    fail('');
    try {
        const answer = await fetch('/desktop/sim/session', {
            method: 'POST',
            headers: {'Content-Type': 'application/json'},
            body: JSON.stringify({id: String(id)}),
        });
        if (!answer.ok)
            throw new Error((await answer.json()).error);
        window.location.assign('/desktop/');
    } catch (e) {
        fail('Nobody was signed in: ' + e.message);
    }
}

function quickButton(person, role) {
    const button = make('button', '', make('span', 'role', role),
        make('span', '', person.name + ', ' + person.team));
    button.type = 'button';
    button.addEventListener('click', () => signIn(person.id));
    return button;
}

function personButton(person) {
    const button = make('button', '',
        make('span', 'id', String(person.id)),
        make('span', 'name', person.name),
        make('span', 'team', person.team + (person.isHere ? ' (signed in already)' : '')),
        make('span', 'role', person.isSupervisor ? 'Supervisor' : 'Agent'));
    button.type = 'button';
    button.addEventListener('click', () => signIn(person.id));
    return make('li', '', button);
}

let asked = 0;

async function search(words) {
    const number = ++asked;
    const answer = await fetch('/desktop/sim/people?search=' + encodeURIComponent(words));
    const got = await answer.json();
    return number === asked ? got : null; /* an older answer came late */
}

function showPeople(got) {
    place('people').replaceChildren(...got.people.map(personButton));
    const more = got.found - got.people.length;
    place('count').textContent = got.found === 0 ? 'Nobody is called so.'
        : more > 0 ? got.found + ' found; the first ' + got.people.length + ' are shown.'
            : got.found + ' found';
}

async function begin() {
    const got = await search('');
    place('hostname').textContent = got.hostname;
    place('origin').textContent = window.location.origin;
    const agent = got.people.find((person) => !person.isSupervisor);
    const supervisor = got.people.find((person) => person.isSupervisor);
    place('quick').replaceChildren(
        ...(agent ? [quickButton(agent, 'Agent')] : []),
        ...(supervisor ? [quickButton(supervisor, 'Supervisor')] : []));
    showPeople(got);
    place('search').addEventListener('input', async () => {
        const found = await search(place('search').value);
        if (found)
            showPeople(found);
    });
}

begin().catch((e) => fail('The simulator did not answer: ' + e.message));
