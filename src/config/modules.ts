import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/** The names in a list separated by commas. */
export function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/**
 * What `import` takes for the modules of these names: a path, which begins with `.` or `/`, or a package that is
 * installed where the hub was started. @throws Error for what is not there
 */
export function resolveModules(text: string): string[] {
  return namesIn(text).map((name) => (isPath(name) ? pathToFileURL(findFile(name)).href : findPackage(name)));
}

/** Whether each of these paths and packages is there. */
export function areModules(names: readonly string[]): boolean {
  try {
    return resolveModules(names.join()).length === names.length;
  } catch {
    return false;
  }
}

const isPath = (name: string) => /^[./]/.test(name);

function findFile(name: string): string {
  if (!existsSync(resolve(name))) throw new Error(`There is no ${name}.`);
  return resolve(name);
}

function findPackage(name: string): string {
  try {
    return pathToFileURL(createRequire(resolve('package.json')).resolve(name)).href;
  } catch (error) {
    // It is there, and can only be imported.
    if ((error as NodeJS.ErrnoException).code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return name;
    throw error;
  }
}
