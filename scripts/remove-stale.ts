/** Removes from `dist` what was compiled from a source that is gone, so that neither it nor its tests run on. */
import { existsSync, globSync, rmSync } from 'node:fs';

const COMPILED = 'dist/{src,schema,jobs,demo,scripts,test}/**/*.{js,js.map}';

const sourceOf = (file: string) => file.replace(/^dist\//, '').replace(/\.js(\.map)?$/, '.ts');
for (const file of globSync(COMPILED)) if (!existsSync(sourceOf(file))) rmSync(file);
