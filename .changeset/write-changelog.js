// What changes for users, in their words. The packages are released together, so that a list of who depends on whom
// would say nothing; where a change was made is in the history.

/** @param {{ summary: string }} changeset */
async function getReleaseLine({ summary }) {
  const [first, ...others] = summary.trim().split('\n');
  return [`- ${first}`, ...others.map((line) => (line === '' ? '' : `  ${line}`))].join('\n');
}

async function getDependencyReleaseLine() {
  return '';
}

export default { getReleaseLine, getDependencyReleaseLine };
