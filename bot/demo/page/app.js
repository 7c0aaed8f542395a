// The whole page: the strip above, three conversations and the crowd below; on a phone one of them at a time.
import { html, render, useEffect } from './vendor/htm-preact/htm-preact.js';
import { Column } from './column.js';
import { Crowd } from './crowd.js';
import { Hidden } from './hidden.js';
import { Icon } from './icons.js';
import { isBackwards } from './keys.js';
import { Status } from './status.js';
import { LANGUAGES } from './words.js';
import { chatOf, hasCrowd, live, show, speak, t, tabNow, useWorld, world } from './world.js';

const CHATS = ['phone', 'forum', 'province'];
const columns = () => (hasCrowd() ? [...CHATS, 'crowd'] : CHATS);

const Languages = () => html`
  <div class="languages" role="group" aria-label=${t('page_language')}>
    ${Object.entries(LANGUAGES).map(([language, { name, dir }]) => html`
      <button type="button" key=${language} lang=${language} dir=${dir} aria-pressed=${world.language === language}
        onClick=${() => speak(language)}>${name}</button>`)}
  </div>`;

const Top = () => html`
  <header class="top">
    <div class="brand">
      <img src="/logo.svg" alt="" width="44" height="44" />
      <div><h1>${t('name')} <span>${t('product')}</span></h1><p>${t('tagline')}</p></div>
    </div>
    <${Languages} />
  </header>`;

const unseen = (column) => (column === 'crowd' ? 0 : Math.max(0, (chatOf(column)?.messages.length ?? 0) - world.seen[column]));

function Tab({ column }) {
  const chosen = tabNow() === column;
  const count = chosen ? 0 : unseen(column);
  return html`
    <button type="button" role="tab" id=${`tab-${column}`} aria-selected=${chosen} aria-controls=${`column-${column}`}
      tabindex=${chosen ? 0 : -1} onClick=${() => show(column)}>
      <${Icon} name=${column} />${t(`tab_${column}`)}
      ${count > 0 && html`<span class="badge" aria-hidden="true">${count}</span><span class="unseen">${t('unseen', { count })}</span>`}
    </button>`;
}

function Tabs() {
  const keyed = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const forward = isBackwards(event.currentTarget) ? -step : step;
    const all = columns();
    const next = all[(all.indexOf(tabNow()) + forward + all.length) % all.length];
    show(next);
    document.getElementById(`tab-${next}`).focus();
  };
  return html`
    <div class=${`tabs ${hasCrowd() ? 'with-crowd-tabs' : ''}`} role="tablist" aria-label=${t('columns')} onKeyDown=${keyed}>
      ${columns().map((column) => html`<${Tab} key=${column} column=${column} />`)}
    </div>`;
}

function App() {
  useWorld();
  useEffect(live, []);
  useEffect(() => {
    document.documentElement.lang = world.language;
    document.documentElement.dir = LANGUAGES[world.language].dir;
    document.title = t('title');
  }, [world.language]);
  if (!world.ready) return html`<main class="waiting"><h1>${t('name')}</h1><p role="status">${t('loading')}</p></main>`;
  return html`
    <a class="skip" href="#conversations">${t('skip_to_chats')}</a>
    <${Top} />
    <main>
      <div class="above"><${Status} /><${Hidden} /></div>
      <${Tabs} />
      <div class=${`columns show-${tabNow()} ${hasCrowd() ? 'with-crowd' : ''}`} id="conversations" tabindex="-1">
        ${CHATS.map((column) => html`<${Column} key=${column} column=${column} />`)}
        ${hasCrowd() && html`<${Crowd} key="crowd" />`}
      </div>
    </main>`;
}

render(html`<${App} />`, document.body);
