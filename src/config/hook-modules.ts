import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

/**
 * The addresses of modules by their names: a path, which begins with `.` or `/`, or a package that is installed where the
 * hub was started. @throws Error for a package that is not
 */
export function resolveModules(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  const { resolve: findPackage } = createRequire(resolve('package.json'));
  return names
    .filter((name) => name !== '')
    .map((name) => pathToFileURL(/^[./]/.test(name) ? resolve(name) : findPackage(name)).href);
}
