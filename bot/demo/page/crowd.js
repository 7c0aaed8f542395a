// Thousands of pretend subscribers: how many have got a broadcast, the phones of three of them, and a district's channel.
import { html, useLayoutEffect, useRef } from './vendor/htm-preact/htm-preact.js';
import { Bubble } from './bubble.js';
import { Icon } from './icons.js';
import { directionOf } from './text.js';
import { Toasts } from './toasts.js';
import { amount, begin, channelNow, forumNow, t, world } from './world.js';

const LANGUAGE_NAMES = { ar: 'العربية', ckb: 'کوردی', en: 'English' };
const SHOWN = 3; // messages on a small phone

const sum = (counts) => Object.values(counts).reduce((before, count) => before + count, 0);

// `lost` is drawn behind the value: those who will never have it.
function Bar({ label, value, most, lost = 0 }) {
  const share = (part) => `inline-size: ${most ? (100 * part) / most : 0}%`;
  const told = t('of', { count: amount(value), most: amount(most) });
  return html`
    <div class="bar" role="progressbar" aria-label=${label} aria-valuemin="0" aria-valuemax=${most} aria-valuenow=${value} aria-valuetext=${told}>
      <span style=${share(value)}></span>
      ${lost > 0 && html`<span class="lost" style=${share(lost)}></span>`}
    </div>`;
}

function Meanwhile() {
  const { count, slowest } = world.meanwhile;
  if (!count) return null;
  return html`<p class="meanwhile"><${Icon} name="reply" />${t('meanwhile', { count: amount(count), seconds: slowest.toFixed(slowest < 1 ? 2 : 1) })}</p>`;
}

function Figures({ crowd }) {
  const got = sum(crowd.reached);
  const moves = crowd.rate >= 0.5;
  return html`
    <div class="figures">
      <p class="got"><strong>${amount(got)}</strong> ${t('have_it', { most: amount(crowd.size) })}</p>
      <${Bar} label=${t('progress')} value=${got} most=${crowd.size} lost=${crowd.blocked + crowd.gone} />
      <p class="facts">
        <span class=${moves ? 'moves' : ''}>${moves ? t('rate', { count: Math.round(crowd.rate) }) : t('still')}</span>
        ${crowd.blocked + crowd.gone > 0 && html`<span>${t('turned_away', { count: amount(crowd.blocked + crowd.gone) })}</span>`}
        ${crowd.doubled > 0 && html`<span class="leaked">${t('doubled', { count: amount(crowd.doubled) })}</span>`}
      </p>
      <${Meanwhile} />
      ${!moves && html`<button type="button" class="again" onClick=${begin}>${t('begin')}</button>`}
    </div>`;
}

// What to do, until something was sent.
function How() {
  return html`
    <div class="how">
      <ol>${['how_write', 'how_approve', 'how_watch', 'how_kill'].map((step) => html`<li key=${step}>${t(step)}</li>`)}</ol>
      <button type="button" class="entry" onClick=${begin}>${t('begin')}</button>
    </div>`;
}

function Phone({ face, crowd }) {
  const chat = world.chats.get(face.id);
  const log = useRef(null);
  const column = `face-${face.language}`;
  const messages = (chat?.messages ?? []).filter((message) => !message.service).slice(-SHOWN);
  const newest = messages.at(-1);
  useLayoutEffect(() => {
    // The newest message is read from its first word.
    const last = log.current.querySelector('.message:last-child');
    if (last) log.current.scrollTop = last.offsetTop - 8;
  }, [newest?.id]);
  const got = crowd.reached[face.language] ?? 0;
  const most = crowd.speakers[face.language] ?? 0;
  return html`
    <section class="small-phone" aria-labelledby=${`${column}-title`}>
      <header>
        <h3 id=${`${column}-title`} lang=${face.language}><bdi>${face.name}</bdi> · ${LANGUAGE_NAMES[face.language]}</h3>
        <small>${t('of', { count: amount(got), most: amount(most) })}</small>
        <${Bar} label=${LANGUAGE_NAMES[face.language]} value=${got} most=${most} />
      </header>
      <div class="talk">
        <div class="log" ref=${log} tabindex="0" role="log" aria-live="off" aria-label=${face.name}>
          <div class="lines">
            ${messages.length === 0 && html`<p class="empty">${t('nothing_yet')}</p>`}
            ${messages.map((message) => html`
              <${Bubble} key=${message.id} column=${column} message=${message} album=${[message]} person=${face.id} current=${message === newest} />`)}
          </div>
        </div>
        <${Toasts} column=${column} />
      </div>
    </section>`;
}

function Channel() {
  const chat = channelNow();
  if (!chat) return null;
  const posts = chat.messages.filter((message) => !message.service).slice(-SHOWN);
  return html`
    <section class="small-phone channel" aria-labelledby="channel-title">
      <header><h3 id="channel-title" dir=${directionOf(chat.title)}><${Icon} name="channel" /><bdi>${chat.title}</bdi></h3></header>
      <div class="talk"><div class="log" tabindex="0" role="log" aria-live="off" aria-label=${chat.title}><div class="lines">
        ${posts.length === 0 && html`<p class="empty">${t('no_post', { name: forumNow().names[world.language] })}</p>`}
        ${posts.map((message) => html`
          <${Bubble} key=${message.id} column="channel" message=${message} album=${[message]} person=${null} current=${message === posts.at(-1)} />`)}
      </div></div></div>
    </section>`;
}

export function Crowd() {
  const { crowd } = world;
  const begun = sum(crowd.reached) + crowd.blocked + crowd.gone > 0;
  return html`
    <section class="column crowd" id="column-crowd" aria-labelledby="title-crowd">
      <header class="head"><div class="whose">
        <span class="avatar" aria-hidden="true"><${Icon} name="crowd" /></span>
        <div class="names"><h2 id="title-crowd">${t('crowd')}</h2><strong>${t('crowd_size', { count: amount(crowd.size) })}</strong></div>
      </div></header>
      <div class="inside">
        ${begun ? html`<${Figures} crowd=${crowd} />` : html`<${How} />`}
        ${world.cast.faces.map((face) => html`<${Phone} key=${face.id} face=${face} crowd=${crowd} />`)}
        <${Channel} />
      </div>
    </section>`;
}
