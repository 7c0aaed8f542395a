// How the bot is, and the misfortunes anybody may cause here.
import { html } from './vendor/htm-preact/htm-preact.js';
import { Icon } from './icons.js';
import { cutNetwork, kill, passDay, passHour, t, world } from './world.js';

function botState() {
  const { bot } = world.console;
  if (bot === 'failed') return ['bad', 'bot_failed'];
  if (bot === 'killed') return ['bad', 'bot_down'];
  if (bot === 'starting' || !world.bot.up) return world.network ? ['wait', 'bot_starting'] : ['bad', 'bot_deaf'];
  return world.network ? ['good', 'bot_up'] : ['bad', 'bot_deaf'];
}

const Pill = ({ mood, children }) => html`<span class=${`pill ${mood}`}><span class="lamp" aria-hidden="true"></span>${children}</span>`;

function Counts() {
  const { waiting, calls } = world.counters;
  return html`
    <span class=${waiting > 0 ? 'count many' : 'count'}>${t('waiting', { count: waiting })}</span>
    <span class="count">${t('calls', { count: calls })}</span>
    ${world.console.kills > 0 && html`<span class="count">${t('killed_times', { count: world.console.kills })}</span>`}`;
}

export function Status() {
  const [mood, state] = botState();
  const told = !world.connected ? t('unreachable') : world.console.bot === 'failed' ? world.console.last_words : world.story && t(world.story);
  return html`
    <section class="status" aria-label=${t('status')}>
      <div class="pills">
        <${Pill} mood=${mood}>${t(state)}<//>
        <${Pill} mood=${world.network ? 'good' : 'bad'}>${t(world.network ? 'network_up' : 'network_down')}<//>
        <${Counts} />
      </div>
      <div class="misfortunes">
        <button type="button" onClick=${kill} disabled=${world.console.bot !== 'running'}><${Icon} name="power" />${t('kill')}</button>
        <button type="button" aria-pressed=${!world.network} onClick=${() => cutNetwork(world.network)}>
          <${Icon} name="network" />${t(world.network ? 'cut' : 'mend')}
        </button>
        <button type="button" onClick=${passHour}><${Icon} name="clock" />${t('hour')}</button>
        <button type="button" onClick=${passDay}><${Icon} name="clock" />${t('day')}</button>
      </div>
      <p class="story" role="status">${told}</p>
    </section>`;
}
