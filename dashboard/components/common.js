// What all components share, put before each of them: how invisible characters are shown, and how
// an element is made. Text reaches the screen through textContent alone.

const SHOWN = { " ": "\u2423", "\n": "\u21b5", "\t": "\u21e5" };
const element = (tag, className, parent, text) => {
  const made = document.createElement(tag);
  made.className = className;
  if (text !== undefined) made.textContent = text;
  if (parent) parent.appendChild(made);
  return made;
};

