// Moving with the keyboard: arrows among buttons, Esc out of what is open.

export const isBackwards = (element) => getComputedStyle(element).direction === 'rtl';

// Arrow keys move among the buttons of a group, in the direction one sees.
export function along(event) {
  const step = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.altKey || event.ctrlKey || event.metaKey) return;
  const buttons = [...event.currentTarget.querySelectorAll('button:not(:disabled), a[href]')];
  const at = buttons.indexOf(document.activeElement);
  if (at < 0) return;
  const sideways = event.key === 'ArrowRight' || event.key === 'ArrowLeft';
  const next = buttons[at + (sideways && isBackwards(event.currentTarget) ? -step : step)];
  event.stopPropagation();
  event.preventDefault();
  next?.focus();
}

// Up and down go from message to message, Home and End to the first and the last.
export function amongMessages(event) {
  if (event.target.closest('.inline-keyboard, input')) return;
  const messages = [...event.currentTarget.querySelectorAll('.message')];
  const at = messages.indexOf(document.activeElement.closest?.('.message'));
  const next = { ArrowUp: at < 0 ? messages.length - 1 : at - 1, ArrowDown: at + 1, Home: 0, End: messages.length - 1 }[event.key];
  if (next === undefined || !messages[next]) return;
  event.preventDefault();
  messages[next].focus();
  messages[next].scrollIntoView({ block: 'nearest' });
}

// Esc calls `leave` and goes no further.
export const onEscape = (leave) => (event) => {
  if (event.key !== 'Escape') return;
  event.stopPropagation();
  leave();
};
