import { budgets } from './budgets.ts';
import { bundleProgram } from './bundle-program.ts';

// Shows how large programs become that use the packages, and fails when one has outgrown its budget.

let outgrown = 0;
console.log('   start    + late   budget  bytes after gzip');
for (const budget of budgets) {
  const { initialBytes, allBytes } = await bundleProgram(budget);
  const isOver = initialBytes > budget.mostBytes;
  if (isOver) outgrown += 1;
  const [start, late, most] = [initialBytes, allBytes - initialBytes, budget.mostBytes].map((bytes) =>
    `${bytes}`.padStart(8),
  );
  console.log(`${start}  ${late} ${most}  ${budget.title}${isOver ? ': OVER ITS BUDGET' : ''}`);
}
if (outgrown > 0) {
  console.error(
    `\n${outgrown} over budget. Look for what came in; a budget is raised in budgets.ts, and the reason told.`,
  );
  process.exitCode = 1;
}
