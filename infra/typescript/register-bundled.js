// @ts-check
// As register.js, for programs that specs start: to load the files of some packages took half of a start.
import { register } from 'node:module';
import { bundledPackages } from '../packages/packages.js';

register('./hooks.js', import.meta.url, { data: { bundles: bundledPackages() } });
