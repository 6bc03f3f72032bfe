// The ops room: what agents publish, as a plotting table. Everything that comes from the feed is put
// into the page as text.

const STATES = {
  good: ['G', 'good'],
  completed: ['C', 'completed'],
  pulling: ['P', 'pulling'],
  starting: ['S', 'starting'],
  replacing: ['R', 'replacing'],
  waiting: ['W', 'waiting'],
  failing: ['F', 'failing'],
  held: ['H', 'held'],
  unseen: ['U', 'unseen'],
  leaving: ['L', 'leaving'],
};
const OF_JOB = {
  __proto__: null,
  running: 'good', completed: 'completed', starting: 'starting', replacing: 'replacing', pending: 'waiting',
  unhealthy: 'failing', backoff: 'failing', paused: 'held', held: 'held', unreachable: 'unseen', removing: 'leaving',
};
const URGENT = new Set(['failing', 'held', 'waiting']);
const TOTE = ['waiting', 'pulling', 'starting', 'good', 'failing', 'held'];
const SEGMENTS = ['red', 'yellow', 'blue'];
const MOST_ROWS = 60;
const MOST_MOVES = 200;
const MOST_EVENTS = 20000;
const POOL = '';

const $ = (id) => document.getElementById(id);
const collator = new Intl.Collator('en', { numeric: true });
const calm = matchMedia('(prefers-reduced-motion: reduce)');

const units = new Map();
const link = { connected: false, everConnected: false, shown: null, answered: null, led: null, refused: null, offset: 0 };
const past = { at: null, index: null, events: [], known: new Set(), own: new Set(), loaded: false, loading: null };
const cards = new Map();
const counters = new Map();
let current = null;
let opened = null;
let drawn = null;
let broken = null;
let announced = '';
let announcedAt = 0;

// Elements

function make(name, attributes = {}, ...children) {
  const svg = ['svg', 'path', 'circle', 'line', 'text'].includes(name);
  const made = svg ? document.createElementNS('http://www.w3.org/2000/svg', name) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) made.setAttribute(key, value === true ? '' : value);
  }
  made.append(...children);
  return made;
}

function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function set(element, name, value) {
  if (value === null || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
  } else if (element.getAttribute(name) !== String(value)) {
    element.setAttribute(name, value);
  }
}

function mark(state) {
  return make('span', { class: 'mark', 'aria-hidden': 'true' }, STATES[state][0]);
}

function headed(state, word, what) {
  return make('th', { scope: 'row' }, make('span', { class: 'state', 'data-state': state, title: word }, mark(state), make('span', {}, what, make('span', { class: 'hidden' }, `, ${word}`))));
}

function rows(body, all, empty, columns) {
  const shown = all.slice(0, MOST_ROWS);
  if (all.length > MOST_ROWS) shown.push(make('tr', {}, make('td', { colspan: columns, class: 'empty' }, `and ${all.length - MOST_ROWS} more`)));
  if (all.length === 0 && empty) shown.push(make('tr', {}, make('td', { colspan: columns, class: 'empty' }, empty)));
  body.replaceChildren(...shown);
}

// Time

const now = () => Date.now() + link.offset;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const two = (n) => String(n).padStart(2, '0');
const clockTime = (millis) => {
  const at = new Date(millis);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
};

function moment(millis) {
  const at = new Date(millis);
  const today = at.toDateString() === new Date(now()).toDateString();
  return (today ? '' : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} `) + clockTime(millis);
}

function age(millis) {
  const seconds = Math.max(0, Math.round(millis / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172800 ? `${Math.floor(seconds / 3600)} h` : `${Math.floor(seconds / 86400)} days`;
}

const room = () => units.get('room') ?? { segment: 10, unknownAfter: 10 };
const segmentNumber = (millis) => Math.floor(millis / 1000 / room().segment);
const segmentOf = (millis) => SEGMENTS[segmentNumber(millis) % 3];

// What the units say

function* all(prefix) {
  for (const [id, unit] of units) {
    if (id.startsWith(prefix)) yield [id.slice(prefix.length), unit];
  }
}

const candidates = () => units.get('agents')?.candidates ?? null;

function stateOf(job) {
  const state = OF_JOB[job.state] ?? 'unseen';
  const pulls = (state === 'starting' || state === 'replacing') && String(job.reason ?? '').startsWith('pulling');
  return pulls ? 'pulling' : state;
}

// When what is shown of a host was last true, or null if that is not known. While it answers, the leader heard
// from it within the last few seconds. It publishes the last contact as soon as a host fails.
function seenAt(host) {
  if (host?.lastContact) return Date.parse(host.lastContact);
  return host?.state === 'up' ? link.led : null;
}

function isStale(host) {
  const at = seenAt(host);
  return !host || host.state !== 'up' || at === null || segmentNumber(now()) - segmentNumber(at) > 1;
}

// Where each job is: now, or by the audit log.
function view() {
  const jobs = new Map();
  if (past.index === null) {
    for (const [id, job] of all('job/')) {
      jobs.set(id, { host: job.host ?? POOL, state: stateOf(job), service: job.service ?? '', reason: job.reason ?? '', of: job });
    }
    return jobs;
  }
  const before = new Map();
  past.events.slice(0, past.index).forEach((event) => replay(before, event));
  const first = new Map();
  past.events.slice(past.index).forEach((event) => first.has(event.job) || first.set(event.job, event));
  for (const [id, job] of all('job/')) {
    const untouched = !before.has(id) && !first.has(id) && job.host && !(job.since && Date.parse(job.since) > past.at);
    if (untouched) before.set(id, { host: job.host, state: 'good', what: 'ran there: no event of it is known' });
  }
  for (const [id, event] of first) {
    const wasThere = !before.has(id) && event.host && !['create', 'pull', 'pin'].includes(event.action);
    if (wasThere) before.set(id, { host: event.host, state: 'good', what: `ran there until ${moment(event.at)}` });
  }
  for (const [id, at] of before) {
    if (at) jobs.set(id, { ...at, service: serviceOf(id), reason: at.reason ?? '', of: null });
  }
  return jobs;
}

function serviceOf(job) {
  return units.get(`job/${job}`)?.service ?? job.replace(/\.[^.]*$/, '');
}

function replay(places, event) {
  const { job, host, action } = event;
  const done = event.outcome === 'done';
  const known = places.get(job);
  const base = { host, since: event.at, reason: event.reason ?? '', container: event.container ?? known?.container };
  if (!done) {
    if (action !== 'pin' && (!known || known.host === host)) {
      places.set(job, { ...base, state: 'failing', what: `${action} failed: ${event.error ?? event.outcome}` });
    }
  } else if (action === 'pull') {
    if (!known) places.set(job, { ...base, state: 'pulling', what: 'image pulled' });
  } else if (action === 'create') {
    places.set(job, { ...base, state: 'starting', what: 'created' });
  } else if (action === 'start') {
    places.set(job, { ...base, state: 'good', what: 'started' });
  } else if (action === 'signal' && known?.host === host) {
    places.set(job, { ...base, state: 'leaving', what: 'stopped' });
  } else if (action === 'remove' && (!known || known.host === host)) {
    places.set(job, null);
  }
}

// The plotting table

function counter(id) {
  const name = make('span', { class: 'name', 'aria-hidden': 'true' }, id);
  const button = make('button', { type: 'button', class: 'counter', tabindex: '-1', id: `c-${id}`, 'aria-expanded': 'false', 'aria-controls': 'detail', title: id });
  const item = make('li', {}, button);
  const made = { id, item, button, name, host: null, state: null, mark: null };
  button.append(make('span', { class: 'tab', 'aria-hidden': 'true' }), name);
  button.addEventListener('click', () => (opened === id ? close() : open(id)));
  button.addEventListener('focus', () => choose(id));
  return made;
}

function card(name) {
  const title = make('h3', {}, name === POOL ? 'No host yet' : name);
  const made = {
    name, title,
    count: make('span', { class: 'count', 'aria-hidden': 'true' }),
    note: make('p', { class: 'note' }),
    seen: make('span', { class: 'hidden', id: `seen-${cards.size}-${name}` }),
    cpus: make('i'), memory: make('i'),
    list: make('ul', { class: 'counters' }),
    ids: '',
  };
  title.title = name;
  made.meters = make('div', { class: 'meters', 'aria-hidden': 'true' }, make('div', { class: 'meter', title: 'CPUs reserved' }, made.cpus), make('div', { class: 'meter', title: 'memory reserved' }, made.memory));
  made.section = make('section', { class: name === POOL ? 'host pool' : 'host', 'data-segment': 'none' },
    make('header', {}, title, made.count), made.note, made.meters, made.seen, made.list);
  set(made.list, 'aria-label', name === POOL ? 'Jobs without a host' : `Jobs on ${name}`);
  return made;
}

function plot() {
  const jobs = view();
  const byHost = new Map();
  for (const [name] of all('host/')) byHost.set(name, []);
  for (const [id, job] of jobs) {
    if (!byHost.has(job.host)) byHost.set(job.host, []);
    byHost.get(job.host).push(id);
  }
  const moves = leaving(jobs);
  const focused = document.activeElement?.classList.contains('counter') ? document.activeElement : null;
  for (const [id] of counters) if (!jobs.has(id)) counters.delete(id);
  for (const [id, job] of jobs) refresh(id, job);
  const names = [...byHost.keys()].sort((a, b) => (a === POOL ? -1 : b === POOL ? 1 : collator.compare(a, b)));
  for (const name of cards.keys()) if (!byHost.has(name)) cards.delete(name);
  for (const name of names) {
    if (!cards.has(name)) cards.set(name, card(name));
    const on = cards.get(name);
    const ids = byHost.get(name).sort(collator.compare);
    if (on.ids !== ids.join(' ')) {
      on.ids = ids.join(' ');
      on.list.replaceChildren(...ids.map((id) => counters.get(id).item));
    }
    say(on.count, String(ids.length || ''));
    for (const id of ids) set(counters.get(id).button, 'aria-labelledby', `c-${id} ${on.seen.id}`);
    load(on);
  }
  const sections = names.map((name) => cards.get(name).section);
  const plotted = $('plot');
  if (sections.length !== plotted.children.length || sections.some((section, n) => section !== plotted.children[n])) plotted.replaceChildren(...sections);
  set(plotted, 'data-density', jobs.size <= 80 && names.length <= 12 ? 'roomy' : jobs.size <= 250 && names.length <= 30 ? 'close' : 'dense');
  $('nothing').hidden = names.length > 0;
  if (current === null || !counters.has(current)) choose(counters.size ? order()[0]?.id ?? null : null);
  filter();
  if (focused?.isConnected) focused.focus({ preventScroll: true });
  arriving(moves);
  observe();
  return jobs;
}

function refresh(id, job) {
  let one = counters.get(id);
  if (!one) {
    one = counter(id);
    one.isNew = drawn !== null;
    counters.set(id, one);
  }
  one.host = job.host;
  one.service = job.service;
  if (one.state !== job.state) {
    one.state = job.state;
    const fresh = mark(job.state);
    if (one.mark) one.mark.replaceWith(fresh);
    else one.button.insertBefore(fresh, one.name);
    one.mark = fresh;
    set(one.button, 'data-state', job.state);
    set(one.button, 'data-urgent', URGENT.has(job.state) ? '' : null);
    set(one.button, 'aria-label', `${id}, ${STATES[job.state].join(' ')}`);
  }
}

// Counters that are about to go to another host, and where they are now.
function leaving(jobs) {
  if (calm.matches || drawn === null || document.hidden) return [];
  const moved = [...counters.values()].filter((one) => jobs.has(one.id) && jobs.get(one.id).host !== one.host);
  return moved.length > MOST_MOVES ? [] : moved.map((one) => ({ one, from: one.button.getBoundingClientRect() }));
}

function arriving(moves) {
  for (const { one, from } of moves) {
    const to = one.button.getBoundingClientRect();
    if (from.width && to.width) {
      one.button.animate(
        [{ transform: `translate(${from.left - to.left}px, ${from.top - to.top}px)`, zIndex: 2, position: 'relative' }, { transform: 'none', zIndex: 2, position: 'relative' }],
        { duration: 700, easing: 'cubic-bezier(.3, 0, .2, 1)' });
    }
  }
  const fresh = [...counters.values()].filter((one) => one.isNew);
  fresh.forEach((one) => (one.isNew = false));
  if (!calm.matches && fresh.length <= MOST_MOVES) {
    fresh.forEach((one) => one.button.animate([{ opacity: 0, transform: 'scale(.8)' }, { opacity: 1, transform: 'none' }], { duration: 300 }));
  }
}

const share = (part, whole) => (whole > 0 ? Math.min(1, part / whole) : null);

function shares(host) {
  if (!host?.capacity || !host.reserved) return [null, null];
  return [share(Number(host.reserved.cpus), Number(host.capacity.cpus)), share(host.reserved.memoryBytes, host.capacity.memoryBytes)];
}

function load(on) {
  const [cpus, memory] = shares(units.get(`host/${on.name}`));
  on.meters.hidden = cpus === null && memory === null;
  for (const [bar, part] of [[on.cpus, cpus], [on.memory, memory]]) {
    bar.style.setProperty('--share', `${Math.round((part ?? 0) * 100)}%`);
    set(bar.parentElement, 'class', (part ?? 0) >= 0.95 ? 'meter full' : 'meter');
  }
}

// What follows from time alone: segments, and what is stale.
function observe() {
  const inPast = past.index !== null;
  for (const on of cards.values()) {
    const host = units.get(`host/${on.name}`);
    const at = seenAt(host);
    const stale = on.name !== POOL && !inPast && isStale(host);
    if (on.section.classList.contains('lost') !== stale) drawSoon();
    const segment = inPast || on.name === POOL || at === null ? 'none' : segmentOf(at);
    set(on.section, 'data-segment', segment);
    on.section.classList.toggle('lost', stale);
    const words = [];
    if (stale) words.push(!host ? 'not in the inventory' : (host.state === 'up' ? 'not seen' : host.state) + (at === null ? '' : `, seen ${age(now() - at)} ago`));
    if (host && host.operator && host.operator !== 'active' && !inPast) words.push(host.operator);
    say(on.note, words.join(' · '));
    say(on.seen, segment === 'none' ? (stale ? ', not seen' : '') : `, ${segment[0].toUpperCase()}, ${segment} segment, ` + (stale ? `last seen ${age(now() - at)} ago` : `seen within ${room().unknownAfter} s`));
  }
}

// The sector clock: six segments, in each of which reports carry its colour.
function dial() {
  const at = (angle, radius) => `${(Math.sin(angle) * radius).toFixed(2)} ${(-Math.cos(angle) * radius).toFixed(2)}`;
  const parts = [make('circle', { class: 'rim', r: 49 }), make('circle', { class: 'face', r: 46 })];
  for (let n = 0; n < 6; n++) {
    const from = (n * Math.PI) / 3;
    const to = from + Math.PI / 3;
    const colour = SEGMENTS[n % 3];
    parts.push(make('path', { class: `sector of-${colour}`, d: `M${at(from, 45)}A45 45 0 0 1 ${at(to, 45)}L${at(to, 27)}A27 27 0 0 0 ${at(from, 27)}Z` }));
    const [x, y] = at(from + Math.PI / 6, 36).split(' ');
    parts.push(make('text', { x, y, 'aria-hidden': 'true' }, colour[0].toUpperCase()));
  }
  parts.push(make('line', { class: 'hand', id: 'hand', y2: -43, y1: 8 }), make('circle', { class: 'hub', r: 4 }));
  $('dial').replaceChildren(...parts);
}

function tick() {
  const time = now();
  const turn = room().segment * 6;
  $('hand')?.setAttribute('transform', `rotate(${(((time / 1000) % turn) / turn) * 360})`);
  say($('clock-now'), clockTime(time));
  const segment = segmentOf(time);
  say($('clock-key'), `Now ${segment}. A counter has the colour of the ${room().segment} s in which it was last seen. Times are those of ${zone}.`);
  observe();
  connection();
  announce();
}

// Boards

function tally(jobs) {
  const services = new Map();
  const row = (name) => {
    if (!services.has(name)) services.set(name, { wanted: null, ...Object.fromEntries(Object.keys(STATES).map((state) => [state, 0])) });
    return services.get(name);
  };
  if (past.index === null) for (const [name, service] of all('service/')) row(name).wanted = service.desired ?? 0;
  for (const [, job] of jobs) row(job.service)[job.state]++;
  for (const one of services.values()) {
    one.good += one.completed;
    one.starting += one.replacing;
  }
  return services;
}

function tote(services) {
  const wanted = filterText();
  const names = [...services.keys()].filter((name) => !wanted || name.toLowerCase().includes(wanted)).sort(collator.compare);
  const total = { wanted: 0 };
  const cells = (one) => [
    make('td', { class: 'number' }, one.wanted === null ? '–' : String(one.wanted)),
    ...TOTE.map((state) => make('td', { class: one[state] ? 'number' : 'number zero', 'data-state': state }, String(one[state]))),
  ];
  $('tote-body').replaceChildren(...names.map((name) => {
    const one = services.get(name);
    total.wanted += one.wanted ?? 0;
    TOTE.forEach((state) => (total[state] = (total[state] ?? 0) + one[state]));
    return make('tr', {}, make('th', { scope: 'row' }, name), ...cells(one));
  }));
  if (names.length === 0) $('tote-body').append(make('tr', {}, make('td', { colspan: TOTE.length + 2 }, room().listed ? 'No services.' : 'Not known yet.')));
}

function toteHead() {
  const head = (state) => make('th', { scope: 'col', class: 'number', 'data-state': state, title: STATES[state][1] },
    make('span', { class: 'head' }, mark(state), make('span', { class: 'hidden' }, STATES[state][1])));
  $('tote-head').replaceChildren(make('tr', {}, make('th', { scope: 'col' }, 'Service'), make('th', { scope: 'col', class: 'number' }, 'Wanted'), ...TOTE.map(head)));
  $('legend').replaceChildren(...Object.keys(STATES).map((state) => make('li', { 'data-state': state }, mark(state), STATES[state][1])));
}

function why() {
  const found = [];
  const row = (what, state, word, reason) => found.push(make('tr', {}, headed(state, word, what), make('td', {}, reason)));
  for (const [name, hold] of all('hold/')) row(name, 'held', 'held', `${hold.held}: ${hold.why}. To release it: ${hold.release}`);
  for (const [name, host] of all('host/')) {
    if (host.state !== 'up') row(name, 'unseen', host.state, host.error ?? 'it does not answer');
    else if (host.error) row(name, 'held', 'held', host.error);
    if (host.problem) row(`hosts/${name}`, 'failing', 'unusable', host.problem);
  }
  const groups = new Map();
  const told = new Set();
  for (const [id, job] of all('job/')) {
    const state = stateOf(job);
    if (!job.reason || state === 'good' || state === 'completed') continue;
    told.add(job.service);
    const group = JSON.stringify([state, job.reason]);
    if (!groups.has(group)) groups.set(group, { state, word: job.state, reason: job.reason, ids: [] });
    groups.get(group).ids.push(id);
  }
  for (const [name, service] of all('service/')) {
    if (service.message && !told.has(name)) row(name, ['held', 'invalid'].includes(service.state) ? 'held' : 'waiting', service.state, service.message);
  }
  const urgency = ['held', 'failing', 'waiting', 'unseen'];
  const rank = (state) => (urgency.includes(state) ? urgency.indexOf(state) : urgency.length);
  const sorted = [...groups.values()].sort((a, b) => rank(a.state) - rank(b.state) || collator.compare(a.ids[0], b.ids[0]));
  for (const { state, word, reason, ids } of sorted) {
    ids.sort(collator.compare);
    const names = ids.length > 3 ? `${ids.slice(0, 2).join(', ')} and ${ids.length - 2} more` : ids.join(', ');
    row(names, state, state === 'pulling' ? 'pulling' : word, reason);
  }
  for (const [key, one] of all('problem/')) row(key, 'failing', 'unusable', `${one.problem}. To do: ${one.fix}`);
  rows($('why'), found, room().listed ? 'Everything is as asked.' : 'Not known yet.', 2);
}

function eventText(event) {
  return `${event.action} ${event.job}` + (event.outcome && event.outcome !== 'done' ? ` (${event.outcome})` : '');
}

function events() {
  const last = past.events.slice(0, past.index ?? past.events.length).slice(-30).reverse();
  rows($('events'), last.map((event) => make('tr', { class: event.outcome === 'done' ? null : 'bad' },
    make('td', {}, moment(event.at)), make('td', {}, eventText(event)), make('td', {}, event.host ?? ''),
    make('td', {}, [event.error, event.reason].filter(Boolean).join('; ')))), 'No changes yet.', 4);
}

function hosts() {
  const gib = (bytes) => (bytes / 2 ** 30).toFixed(1).replace(/\.0$/, '');
  const found = [...all('host/')].sort(([a], [b]) => collator.compare(a, b)).map(([name, host]) => {
    const at = seenAt(host);
    const [cpus, memory] = shares(host);
    const percent = (part) => (part === null ? '' : ` (${Math.round(part * 100)} %)`);
    return make('tr', {}, make('th', { scope: 'row' }, name), make('td', {}, host.state), make('td', { class: 'nowrap' }, !isStale(host) && host.state === 'up' ? `within ${room().unknownAfter} s` : at === null ? 'not known' : moment(at)),
      make('td', {}, host.operator ?? ''), make('td', { class: 'number' }, String(host.ours ?? 0)), make('td', { class: 'number' }, String(host.unmanaged ?? 0)),
      make('td', { class: 'number' }, host.capacity && host.reserved ? `${host.reserved.cpus} of ${host.capacity.cpus}${percent(cpus)}` : ''),
      make('td', { class: 'number' }, host.capacity && host.reserved ? `${gib(host.reserved.memoryBytes)} of ${gib(host.capacity.memoryBytes)} GiB${percent(memory)}` : ''),
      make('td', {}, [host.error, host.problem, ...(host.stays ?? [])].filter(Boolean).join('; ')));
  });
  $('hosts').replaceChildren(...found);
}

function summary(services, jobs) {
  let wanted = 0;
  const count = {};
  for (const one of services.values()) wanted += one.wanted ?? 0;
  for (const job of jobs.values()) count[job.state] = (count[job.state] ?? 0) + 1;
  const good = (count.good ?? 0) + (count.completed ?? 0);
  const known = [...all('host/')];
  const lost = known.filter(([, host]) => host.state !== 'up' || isStale(host)).map(([name]) => name);
  const parts = [`${good} of ${wanted} jobs good`];
  for (const state of ['pulling', 'starting', 'replacing', 'waiting', 'failing', 'held', 'leaving']) if (count[state]) parts.push(`${count[state]} ${STATES[state][1]}`);
  parts.push(lost.length === 0 ? `${known.length} ${known.length === 1 ? 'host' : 'hosts'} up` : lost.length <= 3 ? `${lost.join(', ')} not seen` : `${lost.length} of ${known.length} hosts not seen`);
  const text = !room().listed && known.length === 0 ? 'Waiting for the first report…' : past.index === null ? parts.join(' · ') : `${good + (count.leaving ?? 0) + (count.starting ?? 0)} jobs placed at ${moment(past.at)}, by the audit log`;
  say($('summary'), text);
}

// Not each change: a reader would never stop.
function announce() {
  const text = drawn === null ? '' : $('summary').textContent;
  if (text !== announced && Date.now() - announcedAt > 5000) {
    announced = text;
    announcedAt = Date.now();
    $('announce').textContent = text;
  }
}

function connection() {
  const agents = candidates();
  const trouble = units.get('trouble');
  const shown = link.shown === null ? '' : clockTime(link.shown);
  let state = 'live';
  let text = 'Live';
  const etcdAt = link.answered === null ? '' : ` – showing what was known at ${clockTime(link.answered)}`;
  if (broken !== null) [state, text] = ['lost', `This page failed and may be outdated: reload it (${broken})`];
  else if (!link.connected && link.refused) [state, text] = ['lost', link.refused];
  else if (!link.everConnected) [state, text] = ['waiting', 'Connecting'];
  else if (!link.connected) [state, text] = ['lost', `Disconnected – showing what was known at ${shown}`];
  else if (trouble) [state, text] = ['lost', `No news from etcd${etcdAt} (${trouble.why})`];
  else if (!room().listed) [state, text] = ['waiting', `Waiting for etcd${etcdAt}`];
  else if (agents && agents.length === 0) [state, text] = ['lost', 'No agent leads – nothing is observed or changed'];
  else if (past.index !== null) [state, text] = ['past', 'In the past'];
  set($('link'), 'data-state', state);
  say($('link-text'), text);
  const leader = agents?.[0]?.name;
  say($('about'), [room().agent ? `dowding ${room().base}, seen by ${room().agent}` : 'dowding', leader && (leader === room().agent ? 'which leads' : `${leader} leads`)].filter(Boolean).join(', '));
}

// Keyboard and detail

const order = () => [...document.querySelectorAll('.counter')].filter((one) => one.offsetParent !== null).map((button) => counters.get(button.id.slice(2)));

function choose(id) {
  const before = counters.get(current);
  if (before) before.button.tabIndex = -1;
  current = id;
  const after = counters.get(id);
  if (after) after.button.tabIndex = 0;
}

function neighbour(from, key) {
  const shown = order();
  if (key === 'Home') return shown[0];
  if (key === 'End') return shown.at(-1);
  const middle = (one) => {
    const box = one.button.getBoundingClientRect();
    return [box.left + box.width / 2, box.top + box.height / 2];
  };
  const [x, y] = middle(from);
  const along = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[key];
  let best = null;
  let least = Infinity;
  for (const one of shown) {
    const [left, top] = middle(one);
    const ahead = (left - x) * along[0] + (top - y) * along[1];
    const aside = Math.abs((left - x) * along[1]) + Math.abs((top - y) * along[0]);
    if (ahead > 2 && ahead + 3 * aside < least) {
      best = one;
      least = ahead + 3 * aside;
    }
  }
  return best;
}

function keys(event) {
  const typing = event.target.matches?.('input, textarea, select');
  if (event.key === '/' && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    $('filter').focus();
    $('filter').select();
  } else if (event.key === 'Escape') {
    if (event.target === $('filter') && $('filter').value) {
      $('filter').value = '';
      draw();
    } else if (opened !== null) {
      close();
    }
  } else if (event.target.classList?.contains('counter') && ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End'].includes(event.key)) {
    event.preventDefault();
    neighbour(counters.get(event.target.id.slice(2)), event.key)?.button.focus();
  }
}

function open(id) {
  if (opened !== null) set(counters.get(opened)?.button ?? make('i'), 'aria-expanded', 'false');
  opened = id;
  detail(drawn ?? view());
  $('detail').hidden = false;
  set(counters.get(id).button, 'aria-expanded', 'true');
  $('detail-title').focus();
}

function close() {
  const one = counters.get(opened);
  opened = null;
  $('detail').hidden = true;
  if (one) {
    set(one.button, 'aria-expanded', 'false');
    one.button.focus();
  }
}

function detail(jobs) {
  if (opened === null) return;
  const job = jobs.get(opened);
  const of = job?.of ?? {};
  const service = units.get(`service/${job?.service}`);
  const host = job ? units.get(`host/${job.host}`) : null;
  const since = of.since ?? job?.since;
  const seen = seenAt(host);
  const facts = !job ? [['State', past.index === null ? 'gone' : 'not there']] : [
    ['State', STATES[job.state][1] + (of.state && OF_JOB[of.state] !== of.state && of.state !== STATES[job.state][1] ? ` (${of.state})` : '') + (of.health ? `, ${of.health}` : '') + (job.what ? `: ${job.what}` : '')],
    ['Why', job.reason],
    ['Host', job.host === POOL ? 'none' : job.host],
    ['Seen', past.index !== null || seen === null ? '' : isStale(host) ? `${age(now() - seen)} ago, in the ${segmentOf(seen)} segment` : `within ${room().unknownAfter} s, in the ${segmentOf(seen)} segment`],
    ['Placed because', of.why],
    ['Container', of.container ?? job.container?.slice(0, 12)],
    ['Image', service?.image],
    ['Addresses', of.addresses?.join(', ')],
    ['Since', since ? moment(typeof since === 'number' ? since : Date.parse(since)) : ''],
    ['Failures', of.restarts ? `${of.restarts} in a row; ${of.lastExit ?? of.lastError ?? ''}` : ''],
    ['Next try', of.nextTry ? moment(Date.parse(of.nextTry)) : ''],
    ['Last event', lastEvent(opened)],
  ];
  say($('detail-title'), opened);
  $('detail-facts').replaceChildren(...facts.filter(([, value]) => value).flatMap(([name, value]) => [make('dt', {}, name), make('dd', {}, value)]));
}

function lastEvent(id) {
  const event = past.events.slice(0, past.index ?? past.events.length).findLast((one) => one.job === id);
  return event ? `${moment(event.at)} ${eventText(event)}${event.host ? ` on ${event.host}` : ''}: ${event.reason ?? ''}` : '';
}

const filterText = () => $('filter').value.trim().toLowerCase();

function filter() {
  const text = filterText();
  for (const on of cards.values()) {
    const named = on.name.toLowerCase().includes(text);
    let shown = 0;
    for (const item of on.list.children) {
      const one = counters.get(item.firstChild.id.slice(2));
      const isIn = !text || named || one.id.toLowerCase().includes(text) || one.service.toLowerCase().includes(text);
      item.classList.toggle('out', !isIn);
      shown += isIn ? 1 : 0;
    }
    on.section.classList.toggle('out', text !== '' && shown === 0 && !named);
  }
  const one = counters.get(current);
  if (one && one.item.classList.contains('out')) choose(order()[0]?.id ?? current);
}

// The audit log

const keyOf = (event) => [event.time, event.leader, event.action, event.job, event.host, event.outcome].join('|');

function addEvents(found) {
  let added = false;
  for (const event of found) {
    if (!past.known.has(keyOf(event))) {
      past.known.add(keyOf(event));
      past.events.push({ ...event, at: Date.parse(event.time) });
      added = true;
    }
  }
  if (added) {
    const shown = past.index === null ? null : past.events[past.index - 1];
    past.events.sort((a, b) => a.at - b.at);
    for (const event of past.events.splice(0, Math.max(0, past.events.length - MOST_EVENTS))) past.known.delete(keyOf(event));
    if (past.index !== null) past.index = shown ? past.events.indexOf(shown) + 1 : past.events.findIndex((event) => event.at > past.at);
    slider();
  }
}

// Of agents on other machines only the last changes are known: whose begin latest, and when.
function incomplete() {
  const first = new Map();
  for (const event of past.events) {
    if (past.loaded && !past.own.has(event.leader) && !first.has(event.leader)) first.set(event.leader, event.at);
  }
  return [...first].reduce((latest, one) => (one[1] > latest[1] ? one : latest), ['', 0]);
}

function slider() {
  const count = past.events.length;
  $('slider').max = String(count);
  $('slider').value = String(past.index ?? count);
  $('live').disabled = past.index === null;
  document.body.classList.toggle('past', past.index !== null);
  const event = past.index ? past.events[past.index - 1] : null;
  let text;
  if (past.index === null) {
    text = count === 0 ? 'No events yet.' : `Slide back, or go to a time, to see where each job was. Known since ${moment(past.events[0].at)}.`;
  } else if (event) {
    const exact = event.at === past.at ? '' : `${moment(past.at)}. Before: `;
    text = `${exact}${moment(event.at)} ${eventText(event)}${event.host ? ` on ${event.host}` : ''}: ${event.error ? `${event.error}; ` : ''}${event.reason ?? ''}`;
  } else {
    text = `${moment(past.at)}. Before the first event that is known.`;
  }
  const [other, since] = incomplete();
  if (past.index !== null && since > past.at) text = `Incomplete: what ${other} did before ${moment(since)} is only in its own audit log. ${text}`;
  say($('moment'), text);
  set($('slider'), 'aria-valuetext', past.index === null ? 'live' : text);
}

function goTo(index, at) {
  const live = index >= past.events.length && at === undefined;
  past.index = live ? null : index;
  past.at = live ? null : at ?? past.events[index - 1]?.at ?? (past.events[0]?.at ?? now()) - 1;
  slider();
  draw();
}

async function loadHistory() {
  past.loading ??= fetch('history').then((answer) => (answer.ok ? answer.json() : Promise.reject(new Error(`the audit log cannot be read: ${answer.status}`))))
    .then(({ events: found }) => {
      past.loaded = true;
      found.forEach((event) => past.own.add(event.leader));
      addEvents(found);
      slider();
      events();
    })
    .catch((failed) => {
      past.loading = null;
      say($('moment'), String(failed.message));
    });
  return past.loading;
}

// The feed

function draw() {
  const jobs = plot();
  const services = tally(jobs);
  drawn = jobs;
  tote(services);
  why();
  events();
  hosts();
  connection();
  summary(services, jobs);
  detail(jobs);
}

let due = false;
function drawSoon() {
  if (!due) {
    due = true;
    const later = () => {
      due = false;
      draw();
    };
    if (document.hidden) setTimeout(later, 1000);
    else requestAnimationFrame(later);
  }
}

function merge(changes) {
  const found = [];
  for (const [id, unit] of Object.entries(changes)) {
    if (unit === null) units.delete(id);
    else units.set(id, unit);
    if (unit && id.startsWith('event/')) found.push(unit);
  }
  addEvents(found);
  drawSoon();
}

// Why the agent refuses the feed: an EventSource does not say. Null if it does not refuse.
async function refusal() {
  const stop = new AbortController();
  try {
    const answer = await fetch('feed', { signal: stop.signal });
    return answer.ok ? null : (await answer.text()).trim();
  } catch {
    return null;
  } finally {
    stop.abort();
  }
}

function follow() {
  const feed = new EventSource('feed');
  feed.addEventListener('whole', (event) => {
    const whole = JSON.parse(event.data);
    if (whole.room?.listed) units.clear();
    // Events may have been missed.
    past.loading = null;
    merge(whole);
    if (past.index !== null) loadHistory();
  });
  feed.addEventListener('changes', (event) => {
    const changes = JSON.parse(event.data);
    // An agent that has just begun to follow etcd knew nothing: until now, what was known before was shown.
    if (changes.room?.listed) units.clear();
    merge(changes);
  });
  feed.addEventListener('beat', (event) => {
    const beat = JSON.parse(event.data);
    link.connected = true;
    link.everConnected = true;
    link.shown = Date.parse(beat.now);
    link.offset = link.shown - Date.now();
    link.refused = null;
    if (beat.answered) link.answered = Date.parse(beat.answered);
    if (beat.answered && room().listed && candidates()?.length) link.led = link.answered;
    link.heard = Date.now();
    connection();
  });
  feed.addEventListener('error', async () => {
    link.connected = false;
    if (feed.readyState === EventSource.CLOSED) {
      setTimeout(follow, 3000);
      link.refused = await refusal();
    }
    connection();
  });
  // A connection may die without an error.
  const watch = setInterval(() => {
    if (feed.readyState === EventSource.CLOSED) {
      clearInterval(watch);
    } else if (link.connected && Date.now() - link.heard > 10000) {
      link.connected = false;
      clearInterval(watch);
      feed.close();
      follow();
    }
  }, 1000);
}

// Otherwise, a page that no longer changes would look live.
window.addEventListener('error', (event) => {
  broken = event.message;
  connection();
});
document.addEventListener('keydown', keys);
$('detail-close').addEventListener('click', close);
$('filter').addEventListener('input', draw);
$('slider').addEventListener('focus', loadHistory);
$('slider').addEventListener('pointerdown', loadHistory);
$('slider').addEventListener('input', () => goTo(Number($('slider').value)));
$('live').addEventListener('click', () => goTo(past.events.length));
$('jump').addEventListener('change', async () => {
  const at = Date.parse($('jump').value);
  if (!Number.isNaN(at)) {
    await loadHistory();
    goTo(past.events.filter((event) => event.at <= at).length, at);
  }
});
dial();
toteHead();
slider();
follow();
tick();
setInterval(tick, 1000);
