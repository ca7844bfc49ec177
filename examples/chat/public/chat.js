// SPDX-License-Identifier: Apache-2.0
//
// The page of a room. Two rules keep its messages whole, whatever happens to the connection:
//
//  * Post n is shown only after post n - 1. What is missing in between is asked for.
//  * What is written is counted, and stays in the outbox. All of that is sent again, in order, after
//    each reconnect, until it comes back as a post. The room knows the last count and posts it once.

const $ = id => document.getElementById(id);
const room = decodeURIComponent(location.pathname.split("/")[2]);
const POSTS_KEPT = 1000; // in the log; older ones are loaded again when they are scrolled to
const POSTS_AT_MOST = 5000; // in the log of who reads further up
const GROUP_MS = 5 * 60_000; // posts of one author within that time stand together
const ANSWER_MS = 10_000; // without an answer for so long a connection is taken for dead
const REFUSED = 4400; // the code of a close after which trying again would end in the same way

// ---------------------------------------------------------------- what this tab remembers

/** sessionStorage is this tab's own and survives a reload, so two windows can be two people. */
const tab = {
  get: key => { try { return sessionStorage.getItem(key); } catch { return null; } },
  set: (key, value) => { try { sessionStorage.setItem(key, value); } catch { /* blocked or full: then not */ } },
};

const randomId = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), byte => byte.toString(16).padStart(2, "0")).join("");

const author = tab.get("author") ?? randomId();
tab.set("author", author);
let name = tab.get("name") ?? "";

/** A new one for each load, so that a tab and its duplicate never count together. */
const page = randomId();
let written = 0; // messages, here

const saved = JSON.parse(tab.get(`unsent ${room}`) ?? "[]");
/** What was written and is not known to be posted: id → { page, count, text, at, item }. In order. */
const outbox = new Map();

function saveOutbox() {
  const messages = [...outbox.values()].map(({ page, count, text, at }) => ({ page, count, text, at }));
  tab.set(`unsent ${room}`, JSON.stringify(messages));
}

/** The numbers of the last and the first post in the log, and which history they count. */
let seen = 0, first = 1, historyShown = "";

// ---------------------------------------------------------------- connection

let socket = null;
let failures = 0; // in a row
let refusal = ""; // why the room does not take this page
let awaySince = 0;
let retry, deadline; // timers
let caughtUp = false; // whether this connection has brought all that was missed
let askedAfter = -1, askedBefore = 0;

function connect() {
  clearTimeout(retry);
  clearTimeout(deadline);
  socket?.close();
  refusal = "";
  caughtUp = false;
  askedAfter = -1;
  askedBefore = 0;
  const url = new URL(`/rooms/${encodeURIComponent(room)}/socket`, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ author, name, seen });
  const current = socket = new WebSocket(url);
  expectAnswer(ANSWER_MS);
  current.onmessage = ({ data }) => {
    if (current !== socket) return;
    clearTimeout(deadline);
    deadline = undefined;
    if (data !== "pong") receive(JSON.parse(data));
  };
  current.onclose = ({ code, reason }) => {
    if (current !== socket) return;
    if (code === REFUSED) refusal = reason;
    lost();
  };
}

function lost() {
  clearTimeout(deadline);
  deadline = undefined;
  const old = socket;
  socket = null;
  old?.close();
  caughtUp = false;
  if (document.body.dataset.connection !== "away") {
    document.body.dataset.connection = "away";
    awaySince = Date.now();
    setTimeout(showConnection, 1000); // a reconnect at once is not worth a word
  }
  clearTimeout(retry);
  if (refusal) return showConnection();
  // Jitter, so that not all pages come at once when the server is back.
  retry = setTimeout(connect, Math.min(10_000, 300 * 2 ** failures++) * (0.5 + Math.random() / 2));
}

function expectAnswer(ms) {
  clearTimeout(deadline);
  deadline = setTimeout(lost, ms);
}

/** Now is a good moment: reconnects at once, or finds out whether the connection still lives. */
function checkConnection() {
  if (!name || refusal) return;
  failures = 0;
  if (!socket) connect();
  else if (socket.readyState === WebSocket.OPEN) { socket.send("ping"); expectAnswer(3000); }
}

function showConnection() {
  const away = document.body.dataset.connection === "away" && (refusal || Date.now() - awaySince >= 1000);
  $("connection").firstElementChild.textContent =
      !away ? "" : refusal ? `The room does not let you in: ${refusal}.` : navigator.onLine ? "Connection lost. Trying again …" : "You are offline.";
  $("retry").hidden = !away || !!refusal;
}

const tell = message => socket?.readyState === WebSocket.OPEN && socket.send(JSON.stringify(message));
const say = ({ page, count, text }) => tell({ kind: "Say", page, count, text });

// The room's answer costs it nothing: the platform gives it, and the room sleeps on.
setInterval(() => {
  if (socket?.readyState !== WebSocket.OPEN || deadline) return;
  socket.send("ping");
  expectAnswer(ANSWER_MS);
}, 20_000);
addEventListener("online", checkConnection);
addEventListener("offline", showConnection);
document.addEventListener("visibilitychange", () => !document.hidden && checkConnection());
$("retry").onclick = checkConnection;

// ---------------------------------------------------------------- what the room tells

function receive(news) {
  switch (news.kind) {
    case "Posts": return posts(news);
    case "Older": return older(news);
    case "Here": return here(news);
    case "Typing": return typing(news.member);
    case "Known": return settle(news.id);
    case "Refused": return refused(news);
  }
}

function posts({ posts, last, history }) {
  if (seen > 0 && (history !== historyShown || last < seen)) { // the room's data was deleted, or restored
    $("log").querySelectorAll("[data-number]").forEach(item => item.remove());
    seen = 0;
    first = 1;
    connect();
    return;
  }
  historyShown = history;
  const wasAtEnd = stuck, joining = seen === 0;
  if (joining) {
    seen = (posts[0]?.number ?? 1) - 1;
    first = seen + 1;
  }
  for (const post of posts) {
    if (post.number === seen + 1) append(post, wasAtEnd, joining);
  }
  if (seen < last) {
    if (askedAfter !== seen) tell({ kind: "After", number: askedAfter = seen });
  } else if (!caughtUp) {
    caughtUp = true;
    failures = 0;
    document.body.dataset.connection = "open";
    showConnection();
    outbox.forEach(say);
  }
  if (wasAtEnd) scrollToEnd();
  $("empty").hidden = seen > 0 || outbox.size > 0;
  askForOlder();
}

function append(post, wasAtEnd, joining) {
  if (post.from.author === author) settle(post.id);
  seen = post.number;
  stopTyping(post.from.author);
  const log = $("log");
  insert(itemOf(post), log.querySelector(":scope > .pending, :scope > .refused"));
  if (!joining && post.from.author !== author && (!wasAtEnd || document.hidden)) showUnread(unread + 1);
  forget(wasAtEnd ? POSTS_KEPT : POSTS_AT_MOST);
}

/** Takes the oldest posts out of the log beyond that many. What is in sight stays there. */
function forget(kept) {
  if (seen - first < kept) return;
  const scroller = $("scroller"), fromEnd = scroller.scrollHeight - scroller.scrollTop;
  for (; seen - first >= kept; first++) $("log").firstElementChild.remove();
  decorate($("log").firstElementChild);
  if (!stuck) scroller.scrollTop = scroller.scrollHeight - fromEnd;
}

/** A message of this tab was posted: that is what makes it sent. */
function settle(id) {
  outbox.get(id)?.item.remove();
  if (outbox.delete(id)) saveOutbox();
}

function refused({ id, reason }) {
  const message = outbox.get(id);
  if (!message) return;
  message.item.classList.replace("pending", "refused");
  message.item.querySelector(".state").textContent = `Not sent. ${reason}`;
  outbox.delete(id);
  saveOutbox();
}

function askForOlder() {
  if (first > 1 && seen >= first - 1 && seen - first < POSTS_AT_MOST - 1 && askedBefore !== first && $("scroller").scrollTop < 400 && caughtUp) {
    tell({ kind: "Before", number: askedBefore = first });
  }
}

function older({ posts }) {
  const scroller = $("scroller"), fromEnd = scroller.scrollHeight - scroller.scrollTop;
  for (const post of posts.reverse()) {
    if (post.number !== first - 1) continue;
    first = post.number;
    insert(itemOf(post), $("log").firstElementChild);
  }
  scroller.scrollTop = scroller.scrollHeight - fromEnd; // what was in sight stays there
  askedBefore = posts.length ? 0 : first;
  askForOlder();
}

// ---------------------------------------------------------------- the log

const timeOf = new Intl.DateTimeFormat([], { hour: "numeric", minute: "2-digit" });
const fullDay = new Intl.DateTimeFormat([], { weekday: "long", day: "numeric", month: "long" });

function dayOf(date) {
  const midnight = new Date().setHours(0, 0, 0, 0), that = new Date(date).setHours(0, 0, 0, 0);
  const days = Math.round((midnight - that) / 86_400_000);
  return days === 0 ? "Today" : days === 1 ? "Yesterday" : fullDay.format(date);
}

/** What others wrote is only ever set as text, never as HTML. */
function element(tag, className, text = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function hueOf(who) {
  let hash = 7;
  for (const character of who) hash = (hash * 31 + character.codePointAt(0)) % 3600;
  return Math.round(hash * 137.508) % 360;
}

function avatar(who, made = element("span", "avatar")) {
  const words = who.split(/\s+/u).filter(Boolean);
  made.textContent = words.slice(0, 2).map(word => [...word][0].toUpperCase()).join("");
  made.style.setProperty("--hue", hueOf(who));
  return made;
}

function itemOf({ number, from, text, at }) {
  const date = new Date(at), mine = from.author === author;
  const item = element("li", mine ? "mine" : "");
  if (number) item.dataset.number = number;
  item.dataset.author = from.author;
  item.dataset.name = from.name;
  item.dataset.at = date.getTime();
  const day = element("div", "day"), by = element("div", "by"), who = element("bdi", "name", from.name);
  day.append(element("time", "", dayOf(date)));
  who.style.setProperty("--hue", hueOf(from.name));
  by.append(who, element("time", "", timeOf.format(date)));
  by.title = date.toLocaleString();
  const face = avatar(from.name);
  face.setAttribute("aria-hidden", "true");
  item.append(day, face, by, withLinks(element("div", "text"), text));
  if (mine) item.append(element("div", "state", number ? "Sent" : "Sending …"));
  return item;
}

function withLinks(into, text) {
  for (const [index, part] of text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)])/u).entries()) {
    if (index % 2 === 0) { into.append(part); continue; }
    const link = element("a", "", part);
    link.href = part;
    link.target = "_blank";
    link.rel = "noopener noreferrer";
    into.append(link);
  }
  return into;
}

function insert(item, before) {
  $("log").insertBefore(item, before);
  decorate(item);
  decorate(item.nextElementSibling);
}

/** Whether a message begins a day, or follows one of the same author, depends on the one before. */
function decorate(item) {
  if (!item) return;
  const before = item.previousElementSibling, at = Number(item.dataset.at);
  const sameDay = before && new Date(Number(before.dataset.at)).toDateString() === new Date(at).toDateString();
  item.classList.toggle("first-of-day", !sameDay);
  item.classList.toggle("follows", !!sameDay && before.dataset.author === item.dataset.author
      && before.dataset.name === item.dataset.name && at - Number(before.dataset.at) < GROUP_MS);
}

// ---------------------------------------------------------------- scrolling

let unread = 0;
let stuck = true; // whether the log follows its end

function scrollToEnd() {
  const scroller = $("scroller");
  scroller.scrollTop = scroller.scrollHeight;
  stuck = true;
  if (!document.hidden) showUnread(0);
}

function showUnread(count) {
  unread = count;
  document.title = (count ? `(${count}) ` : "") + `#${room}`;
  $("unread").hidden = count === 0 || stuck;
  $("unread").textContent = `${count} new ${count === 1 ? "message" : "messages"} ↓`;
}

$("scroller").addEventListener("scroll", ({ target }) => {
  stuck = target.scrollHeight - target.scrollTop - target.clientHeight < 60;
  if (stuck && unread) showUnread(0);
  askForOlder();
}, { passive: true });
$("unread").onclick = scrollToEnd;
new ResizeObserver(() => stuck && scrollToEnd()).observe($("scroller"));
document.addEventListener("visibilitychange", () => !document.hidden && stuck && showUnread(0));
// Where the keyboard of a phone covers the page instead of resizing it.
visualViewport?.addEventListener("resize", () =>
    document.documentElement.style.setProperty("--height", `${visualViewport.height}px`));

// ---------------------------------------------------------------- who is here, who is typing

function names(list, others = 0) {
  const parts = others ? [...list, `${others} more`] : list;
  return new Intl.ListFormat("en-GB", { type: "conjunction" }).format(parts);
}

function here({ count, members }) {
  const shown = members.filter(member => member.author !== author).map(member => member.name);
  if (shown.length < members.length) shown.push("you");
  $("here").textContent = count === 1 ? `Only ${shown[0]}` : `${count} here: ${names(shown, count - members.length)}`;
  $("here").title = $("here").textContent;
  $("faces").replaceChildren(...members.slice(0, 5).map(({ name }) => avatar(name, element("li", "avatar"))));
  if (members.length < count) return; // of many only some are named
  for (const typist of typists.keys()) {
    if (!members.some(member => member.author === typist)) stopTyping(typist);
  }
}

const typists = new Map(); // author → { name, timer }

function typing(member) {
  clearTimeout(typists.get(member.author)?.timer);
  typists.set(member.author, { name: member.name, timer: setTimeout(stopTyping, 4000, member.author) });
  showTypists();
}

function stopTyping(typist) {
  clearTimeout(typists.get(typist)?.timer);
  if (typists.delete(typist)) showTypists();
}

function showTypists() {
  const list = [...typists.values()].map(({ name }) => name);
  $("typing").hidden = list.length === 0;
  $("typists").textContent = list.length > 3 ? "Several people are typing" : `${names(list)} ${list.length === 1 ? "is" : "are"} typing`;
  if (stuck) scrollToEnd();
}

// ---------------------------------------------------------------- writing

let toldTyping = 0;

function write(message) {
  const item = itemOf({ from: { author, name }, text: message.text, at: message.at });
  item.classList.add("pending");
  outbox.set(`${message.page}-${message.count}`, { ...message, item });
  insert(item, null);
  $("empty").hidden = true;
}

$("composer").onsubmit = submit => {
  submit.preventDefault();
  const text = $("text").value.trim();
  if (!text || !name) return;
  const message = { page, count: ++written, text, at: Date.now() };
  write(message);
  saveOutbox();
  // Not before this connection has brought what was missed: what waits is sent then, in order.
  if (caughtUp) say(message);
  $("text").value = "";
  toldTyping = 0;
  fit();
  scrollToEnd();
  $("text").focus();
};

$("text").onkeydown = key => {
  if (key.key !== "Enter" || key.shiftKey || key.isComposing) return;
  key.preventDefault();
  $("composer").requestSubmit();
};

$("text").oninput = () => {
  fit();
  if (!$("text").value.trim() || Date.now() - toldTyping < 2000) return;
  toldTyping = Date.now();
  tell({ kind: "Typing" });
};

/** Grows with its text, where the browser does not do so by itself. */
function fit() {
  if (CSS.supports("field-sizing", "content")) return;
  $("text").style.height = "auto";
  $("text").style.height = `${$("text").scrollHeight + 2}px`;
}

// ---------------------------------------------------------------- joining

function ask() {
  $("join").returnValue = "";
  try { $("name").value = name || (localStorage.getItem("name") ?? ""); } catch { /* blocked */ }
  $("join").showModal();
  $("name").select();
}

$("join").onclose = () => {
  const chosen = $("join").returnValue === "join" ? $("name").value.trim() : "";
  if (!chosen) return name ? undefined : ask();
  name = chosen;
  tab.set("name", name);
  try { localStorage.setItem("name", name); } catch { /* blocked */ }
  join();
};
$("me").onclick = ask;

function join() {
  avatar(name, $("me"));
  $("me").setAttribute("aria-label", `You are ${name}. Change your name`);
  $("me").title = name;
  connect();
  $("text").focus();
}

$("room").textContent = room;
document.title = `#${room}`;
if (name) {
  saved.forEach(write);
  join();
} else {
  ask();
}
