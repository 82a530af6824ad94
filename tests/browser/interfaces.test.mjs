/* Finesse's and OpenSocial's interfaces, one by one, as gadgets use them: each row is a script that
 * runs in a gadget's frame, and what comes of it. */
import assert from 'node:assert/strict';
import {describe} from 'node:test';
import {idleAgent} from './agents.mjs';
import {FILES, gadget, gadgetXml, LAB, layoutXml, put, scriptXml, signIn} from './desktop.mjs';
import {openDesktop} from './gadgets.mjs';
import {PUB, SUB, TEST_MS, until} from './lab.mjs';
import {FROM, stage} from './stage.mjs';

const url = name => `${FILES}${name}.xml`;

/* ---- what is asked and answered at once: [name, expression, its value] ---- */

const PREFS = [
    ['getString', `prefs.getString('greeting')`, 'hello | all'],
    ['getString of nothing', `prefs.getString('none')`, ''],
    ['getInt', `prefs.getInt('number')`, 42],
    ['getFloat', `prefs.getFloat('number')`, 42.5],
    ['getBool', `[prefs.getBool('yes'), prefs.getBool('none')]`, [true, false]],
    ['getArray', `prefs.getArray('list')`, ['a', 'b']],
    ['setArray', `prefs.setArray('list', ['x|y', 'z']), prefs.getArray('list')`, ['x|y', 'z']],
    ['set', `prefs.set('greeting', 'bye'), prefs.getString('greeting')`, 'bye'],
    ['getMsg', `prefs.getMsg('welcome')`, 'Welcome, {0}'],
    ['getMsg of nothing', `prefs.getMsg('none')`, ''],
    ['getLang', `prefs.getLang()`, 'en'],
    ['who has signed in', `[prefs.getString('id'), prefs.getString('loginId'), prefs.getString('host'),
        atob(prefs.getString('authorization')).split(':')[0]]`,
     ['1002', 'agent1002', 'finessep.uccelab.tac', 'agent1002']],
];

const UTIL = [
    ['hasFeature', `[gadgets.util.hasFeature('pubsub-2'), gadgets.util.hasFeature('flash')]`,
     [true, false]],
    ['escapeString', `gadgets.util.unescapeString(gadgets.util.escapeString('<a b="c">'))`, '<a b="c">'],
    ['escape', `gadgets.util.escape({a: '<'}, true).a.includes('<')`, false],
    ['makeClosure', `gadgets.util.makeClosure({x: 2}, function (n) { return this.x * n; }, 21)()`, 42],
    ['getUrlParameters', `gadgets.util.getUrlParameters().view`, 'default'],
    ['json', `[gadgets.json.parse(gadgets.json.stringify({a: [1]})), gadgets.json.parse('{')]`,
     [{a: [1]}, false]],
    ['encodeValues', `gadgets.io.encodeValues({a: 'b c', d: '&'})`, 'a=b+c&d=%26'],
    ['viewport', `gadgets.window.getViewportDimensions().width > 100`, true],
    ['view', `gadgets.views.getCurrentView().getName()`, 'default'],
];

const UTILITIES = [
    ['xml2JsObj', `Utilities.xml2JsObj('<User><id>1</id><x>a</x><x>b</x></User>')`,
     {User: {id: '1', x: ['a', 'b']}}],
    ['js2xml', `Utilities.js2xml({User: {state: 'A<B', x: [1, 2]}})`,
     '<User><state>A&#60;B</state><x>1</x><x>2</x></User>'],
    ['xml2json', `JSON.parse(Utilities.xml2json($.parseXML(Utilities.json2xml({Team: {name: 'A&B'}})), ''))`,
     {Team: {name: 'A&B'}}],
    ['b64', `Utilities.b64Decode(Utilities.b64Encode('Z\\u00fcrich:\\u20ac'))`, 'Z\u00fcrich:\u20ac'],
    ['getCredentials', `Utilities.getCredentials(Utilities.b64Encode('a:b:c'))`, {id: 'a', password: 'b:c'}],
    ['getDisplayTime', `Utilities.getDisplayTime(3723)`, '01:02:03'],
    ['buildTimeString', `Utilities.buildTimeString(125000)`, '02:05'],
    ['buildTimeStringWithOptionalHours', `Utilities.buildTimeStringWithOptionalHours(3723000)`, '01:02:03'],
    ['convertTsToDuration', `Utilities.convertTsToDuration('2020-01-01T00:00:00Z', Date.UTC(2020, 0, 1, 1))`,
     '01:00:00'],
    ['getArray', `[Utilities.getArray('a'), Utilities.getArray(['b'])]`, [['a'], ['b']]],
    ['sorting', `['b', 'C', 'a'].sort(Utilities.caseInsensitiveSort)`, ['a', 'b', 'C']],
    ['bitMask', `[Utilities.bitMask.isSet(6, 2), Utilities.bitMask.any(6, [1, 4]), Utilities.bitMask.all(6, [1, 4])]`,
     [true, true, false]],
    ['validateHandler', `(function () { try { Utilities.validateHandler(1); } catch (e) { return e.message; } })()`,
     'handler must be a function'],
    ['convertNullToEmptyString', `Utilities.convertNullToEmptyString(null)`, ''],
    ['translateHTMLEntities', `Utilities.translateHTMLEntities('&lt;b&gt;', true)`, '<b>'],
    ['the store', `Utilities.setDOMStoreItem('k', 'v'), Utilities.getDOMStoreItem('k')`, 'v'],
    ['cookies', `Utilities.addCookie('c', 'a b;'), Utilities.getCookie('c')`, 'a b;'],
    ['cookies, gone', `Utilities.deleteCookie('c'), Utilities.getCookie('c')`, null],
    ['Config', `[finesse.gadget.Config.id, finesse.gadget.Config.host, finesse.gadget.Config.scheme]`,
     ['1002', 'finessep.uccelab.tac', 'https']],
    ['I18n', `finesse.utilities.I18n.getString('welcome', 'Ada')`, 'Welcome, Ada'],
    ['the login for older libraries', `Utilities.getCookie('finesse_authorization') ===
        finesse.gadget.Config.authorization`, true],
];

/* ---- what is answered later: a script that calls done(value) ---- */

const REQUESTS = [
    ['GET of Finesse', `gadgets.io.makeRequest('/finesse/api/SystemInfo', function (r) {
        done([r.rc, r.errors, r.data.documentElement.tagName, Array.isArray(r.headers['content-type'])]);
    }, {CONTENT_TYPE: gadgets.io.ContentType.DOM})`, [200, [], 'SystemInfo', true]],
    ['authorization and JSON', `var params = {};
    params[gadgets.io.RequestParameters.METHOD] = gadgets.io.MethodType.GET;
    params[gadgets.io.RequestParameters.CONTENT_TYPE] = gadgets.io.ContentType.JSON;
    params[gadgets.io.RequestParameters.AUTHORIZATION] = gadgets.io.AuthorizationType.NONE;
    params[gadgets.io.RequestParameters.HEADERS] = {
        Authorization: 'Basic ' + finesse.gadget.Config.authorization, Accept: 'application/json'};
    gadgets.io.makeRequest('https://finesses.uccelab.tac:8445/finesse/api/User/1002', function (r) {
        done([r.rc, r.data.User.loginName]);
    }, params)`, [200, 'agent1002']],
    ['another login', `gadgets.io.makeRequest('https://finesses.uccelab.tac:8445/finesse/api/User/1002',
        function (r) { done([r.rc, r.errors.length]); }, {HEADERS: {Authorization: 'Basic ' + btoa('nobody:x')}})`,
     [401, 1]],
    ['a token of Live Data, through the server', `gadgets.io.makeRequest(
        'https://${SUB}:12005/livedata/token/new', function (r) { done([r.rc, typeof r.data.token]); },
        {CONTENT_TYPE: 'JSON', HEADERS: {Authorization: 'Basic ' + finesse.gadget.Config.authorization}})`,
     [200, 'string']],
    ['not JSON', `gadgets.io.makeRequest('/finesse/api/SystemInfo', function (r) {
        done([r.rc, r.data, r.errors.length]); }, {CONTENT_TYPE: 'JSON'})`, [200, false, 1]],
    ['a host beyond the lab', `gadgets.io.makeRequest('https://www.example.com/', function (r) {
        done([r.rc, /hosts of this lab/.test(r.errors[0])]); })`, [403, true]],
    ['nobody there', `gadgets.io.makeRequest('https://${PUB}:1/', function (r) { done(r.rc); })`, 504],
    ['osapi', `osapi.http.get({href: 'https://${PUB}:8444/cuic/', format: 'text'}).execute(function (r) {
        done([r.status, typeof r.content]); })`, [200, 'string']],
];

const REST = [
    ['User', `new finesse.restservices.User({id: Config.id, onLoad: function (user) {
        done([user.getId(), user.getFullName().includes(' '), user.getExtension(), user.hasAgentRole(),
            user.hasSupervisorRole(), user.getTeamName() !== '']); }})`,
     ['1002', true, '21002', true, false, true]],
    ['nobody', `new finesse.restservices.User({id: '9', onError: function (r) { done([r.status, typeof
        r.error.errorMessage]); }})`, [404, 'string']],
    ['Dialogs', `new finesse.restservices.User({id: Config.id, onLoad: function (user) { user.getDialogs({
        onLoad: function (all) { done(all.getDialogCount() === Object.keys(all.getCollection()).length); }}); }})`,
     true],
    ['Queues', `new finesse.restservices.User({id: Config.id, onLoad: function (user) { user.getQueues({
        onLoad: function (all) { var one = Object.values(all.getCollection())[0];
            done([typeof one.getName(), typeof one.getStatistics()]); }}); }})`, ['string', 'object']],
    ['reason codes', `new finesse.restservices.User({id: Config.id, onLoad: function (user) {
        user.getNotReadyReasonCodes({success: function (all) { done([all.length > 0, all[0].category]); }}); }})`,
     [true, 'NOT_READY']],
    ['SystemInfo', `new finesse.restservices.SystemInfo({onLoad: function (info) { done([info.getStatus(),
        info.getThisHost(Config.host), info.getAlternateHost(Config.host), info.isSingleNode()]); }})`,
     ['IN_SERVICE', 'finessep.uccelab.tac', 'finesses.uccelab.tac', false]],
    ['a call is refused, and why', `new finesse.restservices.User({id: Config.id, onLoad: function (user) {
        user.makeCall('1003', {success: function () { done('made'); },
            error: function (r) { done([r.status >= 400, r.error.errorMessage !== '']); }}); }})`, [true, true]],
    ['empty lists', `new finesse.restservices.User({id: Config.id, onLoad: function (user) { user.getPhoneBooks({
        onLoad: function (all) { done(Object.keys(all.getCollection())); }}); }})`, []],
    ['connected, registered late', `finesse.clientservices.ClientServices.registerOnConnectHandler(function (info) {
        done([info.status, typeof info.resourceID]); })`, ['connected', 'string']],
    ['a handler that was taken away', `var services = finesse.clientservices.ClientServices;
        services.registerOnDisconnectHandler(done);
        services.unregisterOnDisconnectHandler(done);
        done(services.getNotifierReference('disconnected').length)`, 0],
    ['makeRequest of ClientServices', `finesse.clientservices.ClientServices.makeRequest('/finesse/api/User/1002',
        function (r) { done([r.rc, /<loginName>agent1002</.test(r.text)]); }, {METHOD: 'GET'})`, [200, true]],
    ['the timer', `containers.addHandler(containers.Topics.TIMER_TICK_EVENT, function (tick) {
        done([tick.getTickFrequency(), tick.getDateQueued() instanceof Date]); })`, [5, true]],
    ['its tab is shown', `containers.addHandler('tabVisible', function () { done(containers.tabVisible()); });
        containers.makeActiveTabReq()`, true],
    ['an action of a workflow', `containers.addHandler(containers.Topics.WORKFLOW_ACTION_EVENT, function (e) {
        done([e.getName(), e.getHandledBy(), e.getParams()]); });
        gadgets.Hub.publish(containers.Topics.WORKFLOW_ACTION_EVENT, {name: 'Pop', handledBy:
            finesse.containerservices.WorkflowActionEvent.HandledBy.OTHER, params: [{name: 'path'}]})`,
     ['Pop', 'OTHER', [{name: 'path'}]]],
    ['a dialogue', `containers.showDialog({title: 'Titled', message: 'Words', close: function () { done('closed'); }});
        document.querySelector('dialog button').click()`, 'closed'],
    ['the log of clients', `gadgets.Hub.subscribe('finesse.clientLogging.*', function (topic, text) {
        done([topic, text]); });
        finesse.cslogger.ClientLogger.init(gadgets.Hub, 'Interfaces');
        finesse.cslogger.ClientLogger.log('a line')`,
     ['finesse.clientLogging.Interfaces', 'Interfaces : a line']],
    ['gadgets.pubsub', `gadgets.pubsub.subscribe('channel', function (sender, data) { done(data); });
        gadgets.pubsub.publish('channel', {n: 1})`, {n: 1}],
];

/** A gadget that asks all of these, and shows the answers as JSON: [[name, value], ...]. */
const questions = rows => rows.map(([name, script]) => `ask('${name}', function (done) { ${script}; });`).join('\n');
const values = rows => rows.map(([name, expression]) =>
    `ask('${name}', function (done) { done((${expression})); });`).join('\n');

const ASK = `
    var prefs = new gadgets.Prefs();
    var Utilities = finesse.utilities.Utilities;
    var Config = finesse.gadget.Config;
    var containers = finesse.containerservices.ContainerServices.init();
    var answers = {};
    function ask(name, script) {
        script(function (value) {
            answers[name] = value === undefined ? 'undefined' : value;
            document.getElementById('answers').textContent = JSON.stringify(answers);
        });
    }
`;

const MORE = `
  <ModulePrefs title="Interfaces"><Require feature="pubsub-2"/>
    <Locale><msg name="welcome">Welcome, {0}</msg></Locale></ModulePrefs>
  <UserPref name="greeting" default_value="hello | all"/>
  <UserPref name="number" default_value="42.5"/>
  <UserPref name="yes" default_value="true"/>
  <UserPref name="list" default_value="a|b"/>`;

const asking = (title, script) => scriptXml(title, '<pre id="answers">{}</pre>', ASK + script)
    .replace(/\n {2}<ModulePrefs[^]*?<\/ModulePrefs>/, MORE.replace('Interfaces', title));

describe('interfaces of gadgets', () => {
    const s = stage(LAB);
    const check = async (page, rows, script) => {
        put(s, {'gadgets/asking.xml': asking('Asking', script),
                'layout.xml': layoutXml([['home', 'Home', [url('asking')]]])});
        await signIn(page);
        const answers = gadget(page, 'Asking').locator('#answers');
        let got = {};
        const missing = () => rows.map(([name]) => name).filter(name => !(name in got));
        await until(async () => {
            got = JSON.parse(await answers.textContent());
            return missing().length === 0;
        }, () => `all have answered; ${missing().join(', ')} have not`);
        for (const [name, , wanted] of rows)
            assert.deepEqual(got[name], wanted, name);
    };

    s.test('gadgets.Prefs', ({page}) => check(page, PREFS, values(PREFS)));
    s.test('gadgets.util, json, io, window, views', ({page}) => check(page, UTIL, values(UTIL)));
    s.test('finesse.utilities, finesse.gadget.Config', ({page}) => check(page, UTILITIES, values(UTILITIES)));
    s.test('gadgets.io.makeRequest', ({page}) => check(page, REQUESTS, questions(REQUESTS)));
    s.test('finesse.restservices, clientservices, containerservices, cslogger', async ({page, errors}) => {
        errors.allow(/Failed to load resource: the server responded with a status of (401|5\d\d|4\d\d)/);
        await check(page, REST, questions(REST));
    });

    /* Somebody of a supervisor's team gets a call sooner or later: of the two hours that were looked at, all
     * within 128 seconds. A page that is slow misses some that ring for two. */
    s.test('calls are told to Dialogs\' handlers', async ({page}) => {
        put(s, {'gadgets/calls.xml': scriptXml('Calls', '<ol id="seen"></ol>', `
    function say(text) { $('#seen').append($('<li>').text(text)); gadgets.window.adjustHeight(); }
    function watch(user) {
        user.getDialogs({onCollectionAdd: function (dialog) {
            function actions() {
                var agent = dialog.getParticipants().find(function (p) {
                    return p.mediaAddress === user.getExtension(); });
                return [].concat(agent.actions.action).join(' ');
            }
            say('added ' + dialog.getState() + ', ' + actions());
            dialog.addHandler('change', function (d) {
                say('changed ' + d.getState() + ', ' + d.getMediaProperties().callVariable1 + ', ' + actions());
            });
        }});
    }
    new finesse.restservices.User({id: finesse.gadget.Config.id, onLoad: function (me) {
        me.getSupervisedTeams()[0].getUsers({onLoad: function (all) {
            Object.keys(all.getCollection()).forEach(function (id) {
                new finesse.restservices.User({id: id, onLoad: watch}); });
        }});
    }});`), 'layout.xml': layoutXml([['home', 'Home', [url('calls')]]])});
        await signIn(page, 'Supervisor');
        const seen = gadget(page, 'Calls').locator('#seen');
        for (const text of [/^added ALERTING, ANSWER$/, /^changed ACTIVE, Customer \d+, .*UPDATE_CALL_DATA$/])
            await seen.locator('li', {hasText: text}).first().waitFor({timeout: TEST_MS / 2});
    });

    s.test('an answer that a notification overtook does not count', async ({page}) => {
        put(s, {'gadgets/late.xml': scriptXml('Late', '<button id="late">Late</button><p id="asked"></p><p id="shown"></p>', `
    var client = finesse.clientservices.ClientServices;
    var makeRequest = client.makeRequest;
    function show(user) { $('#shown').text(user.getState() + ' ' + user.getReasonCodeLabel()); }
    client.makeRequest = function (url, handler, params) { /* the first answer is held back */
        client.makeRequest = function (url, handler, params) {
            makeRequest(url, function (answer) { handler(answer); $('#asked').text('again'); }, params);
        };
        makeRequest(url, function (answer) {
            $('#asked').text('once');
            $('#late').on('click', function () { handler(answer); });
        }, params);
    };
    new finesse.restservices.User({id: finesse.gadget.Config.id, onLoad: show, onChange: show});`),
                'layout.xml': layoutXml([['home', 'Home', [url('late')]]])});
        await openDesktop(page, await idleAgent(s.lab));
        const frame = gadget(page, 'Late');
        await frame.getByText('once').waitFor();
        await page.getByLabel('Change state').selectOption({label: 'Not Ready - Lunch'});
        await frame.getByText('NOT_READY Lunch').waitFor();
        await frame.getByRole('button', {name: 'Late'}).click();
        await frame.getByText('again').waitFor();
        assert.equal(await frame.locator('#shown').textContent(), 'NOT_READY Lunch');
    });

    s.test('the frame is as high as the gadget wants', async ({page}) => {
        put(s, {'gadgets/high.xml': gadgetXml('High', `<script>
gadgets.util.registerOnLoadHandler(function () { gadgets.window.adjustHeight(321); gadgets.window.setTitle('Renamed'); });
</script>`), 'layout.xml': layoutXml([['home', 'Home', [url('high')]]])});
        await signIn(page);
        await page.getByRole('heading', {name: 'Renamed'}).waitFor();
        await until(async () => (await page.locator('iframe').boundingBox()).height === 321, 'it is 321 high');
    });

    s.test('jQuery UI, and Bootstrap with Popper', async ({page}) => {
        const lib = '/desktop/thirdparty';
        put(s, {'gadgets/libraries.xml': gadgetXml('Libraries', `<!DOCTYPE html>
<link rel="stylesheet" href="${lib}/bootstrap/5.3.1/css/bootstrap.css">
<script src="${lib}/jquery/js/jquery-1.8.2.min.js"></script>
<script src="${lib}/jquery/js/jquery-ui-1.8.9.custom.min.js"></script>
<script src="${lib}/bootstrap/5.3.1/js/bootstrap.bundle.min.js"></script>
<p id="ui"></p><button class="btn dropdown-toggle" data-bs-toggle="dropdown">Menu</button>
<ul class="dropdown-menu"><li><a class="dropdown-item" href="#">Item</a></li></ul>
<script>gadgets.util.registerOnLoadHandler(() => $(() => $('#ui').text(typeof $.fn.dialog + ' ' + typeof $.fn.modal)));</script>`),
                'layout.xml': layoutXml([['home', 'Home', [url('libraries')]]])});
        await signIn(page);
        const frame = gadget(page, 'Libraries');
        await frame.getByText('function function').waitFor();
        await frame.getByRole('button', {name: 'Menu'}).click();
        await frame.getByText('Item').waitFor();
    });

    s.test('a folder with blanks in its name', async ({page}) => {
        const text = gadgetXml('Blanks', '<p>__MSG_hello__</p><p id="p"></p><script src="a b.js"></script>')
            .replace('</ModulePrefs>', '<Locale messages="texts/all%20of%20them.xml"/></ModulePrefs>');
        put(s, {'gadgets/Quick Check 12.6/gadget.xml': text,
                'gadgets/Quick Check 12.6/texts/all of them.xml':
                    '<messagebundle><msg name="hello">good day</msg></messagebundle>',
                'gadgets/Quick Check 12.6/a b.js': `document.getElementById('p').textContent = 'it runs';`,
                'layout.xml': layoutXml([['home', 'Home', [url('Quick%20Check%2012.6/gadget')]]])});
        await signIn(page);
        await gadget(page, 'Blanks').getByText('it runs').waitFor();
        await gadget(page, 'Blanks').getByText('good day').waitFor();
    });
});
