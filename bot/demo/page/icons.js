// Small drawings; what they mean is always said in words beside them or in the button's name.
import { html } from './vendor/htm-preact/htm-preact.js';

const PATHS = {
  attach: 'M20 11.5 12 19.5a5 5 0 0 1-7-7l8.5-8.5a3.4 3.4 0 0 1 4.8 4.8l-8.5 8.4a1.7 1.7 0 0 1-2.4-2.4l7.8-7.7',
  send: 'M4 12h14M12 5l7 7-7 7',
  mic: 'M12 3a3 3 0 0 1 3 3v6a3 3 0 0 1-6 0V6a3 3 0 0 1 3-3M5.5 11.5a6.5 6.5 0 0 0 13 0M12 18v3',
  menu: 'M5 7h14M5 12h14M5 17h14',
  reply: 'M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7',
  edit: 'M5 19l1-4L16 5l3 3L9 18zM14 7l3 3',
  close: 'M6 6l12 12M18 6 6 18',
  check: 'M5 12.5 10 17.5 19 7',
  play: 'M8 5.5v13l11-6.5z',
  pause: 'M8 5.5v13M16 5.5v13',
  photo: 'M4 6h16v12H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5h.01',
  album: 'M7 4h13v11H7zM4 8v11h13M7 13l4-4 3 3 2-2 4 4',
  video: 'M4 7h11v10H4zM15 11l5-3v8l-5-3',
  location: 'M12 21s7-6.3 7-11.5a7 7 0 0 0-14 0C5 14.700 12 21 12 21M12 12a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5',
  contact: 'M4 5h16v14H4zM9 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4M6 16c.5-2 5.500-2 6 0M15 10h3M15 14h3',
  document: 'M7 3h7l4 4v14H7zM14 3v4h4M10 12h5M10 16h5',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3',
  power: 'M12 4v8M7 6.500a7.500 7.500 0 1 0 10 0',
  network: 'M4 10a12 12 0 0 1 16 0M7 13.500a7.500 7.500 0 0 1 10 0M10 17a3 3 0 0 1 4 0',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4.500l3 2',
  forum: 'M8.500 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6M3 19c.5-5 10.500-5 11 0M16 11a2.500 2.500 0 1 0-1-4.800M17 14c2.500.3 4 2 4 5',
  crowd: 'M7 10a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M17 10a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M12 14a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5M7.500 20c.5-4 8.500-4 9 0M3 16c.3-2 2-3 4-3M21 16c-.3-2-2-3-4-3',
  channel: 'M5 10v4h3l7 4V6l-7 4zM18 9.500a4 4 0 0 1 0 5',
  phone: 'M8 3h8v18H8zM11 18h2',
  province: 'M4 20V10l8-6 8 6v10zM10 20v-6h4v6',
};

const TURNING = new Set(['send', 'reply']); // arrows follow the direction of writing

export const Icon = ({ name }) => html`
  <svg class=${TURNING.has(name) ? 'icon turning' : 'icon'} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path d=${PATHS[name]} />
  </svg>`;
