import type { Command } from 'commander';
import { readSettings, settingsCatalogue } from '@oakring/contracts';
import { prepareFolder } from '@oakring/host';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { addSettingFlags, environmentWithFlags } from '../../config/setting-flags.js';
import { writeWhole } from '../../config/write-whole.js';
import { CommandFailure, exitCodes } from '../../exit-codes.js';
import { renderCertificates } from '../../render/certificates.js';
import { pageOfOwn, show, type Surroundings } from '../context.js';
import { listed } from '../options.js';
import { CertificateFolder, type ShownFile } from './certificate-folder.js';
import { isName, namesHere } from './names-here.js';

const { data, host, advertiseUrl, allowedHosts } = settingsCatalogue;
const ofNames = { data, host, advertiseUrl, allowedHosts };
const nameOption = [
  '--name <name>',
  'a further host name or address that it is reached by; may be repeated',
  listed,
] as const;

interface NameOptions {
  readonly name?: readonly string[];
}

/** Certificates of a cluster of one's own: no authority elsewhere is needed. */
export function addCertsCommands(program: Command, surroundings: Surroundings): void {
  const certs = program
    .command('certs')
    .description('make and renew the certificates that the cluster encrypts with')
    .addHelpText(
      'after',
      `
They are in <data>/certs, for you alone: ca.crt and ca.key, which sign; server.crt and server.key, which listeners
show. What runs shows new ones without a restart. Who asks a manager elsewhere needs ca.crt alone:
  oakring context add berlin --url https://berlin:10100 --ca-file ca.crt

Examples:
  oakring certs init --name berlin.example
  oakring certs show
  oakring certs renew`,
    );
  addInit(certs, surroundings);
  addShow(certs, surroundings);
  addRenew(certs, surroundings);
  addIssue(certs, surroundings);
}

function addInit(certs: Command, surroundings: Surroundings): void {
  const init = certs
    .command('init')
    .description('make a CA, and a certificate for the names and addresses of this machine')
    .option(...nameOption)
    .addHelpText(
      'after',
      `
Where there is a CA with its key, it signs: put both there, to have several managers of one CA.

Example:
  oakring certs init --data /var/lib/oakring --name berlin.example --name 192.0.2.7`,
    );
  addSettingFlags(init, Object.values(ofNames));
  init.action(async ({ name = [] }: NameOptions, command: Command) => {
    const said = saidBy(surroundings, command);
    const names = [...new Set([...namesHere(said), ...checked(name)])];
    const folder = new CertificateFolder(said.dataFolder);
    if (existsSync(folder.cert)) {
      throw new CommandFailure(
        `There is a certificate in ${folder.cert}; "oakring certs renew" makes another one of the same CA.`,
        exitCodes.refused,
      );
    }
    await folder.prepare();
    const { Authority, keyPair, makeAuthority } = await import('@oakring/certificates');
    const nowMs = (): number => surroundings.ports.clock.wallMs();
    let signing = folder.signing();
    if (signing === null) {
      signing = await makeAuthority(`oakring CA of ${hostname()}`, nowMs());
      // In an order in which what is cut short is begun anew.
      await folder.write(folder.caKey, signing.privateKey);
      await folder.write(folder.ca, signing.certificate);
    }
    const authority = new Authority(signing.certificate, signing.privateKey, nowMs);
    const { publicKey, privateKey } = keyPair();
    const own = { commonName: hostname(), names, publicKey, purposes: ['server'] } as const;
    await folder.write(folder.key, privateKey);
    await folder.write(folder.cert, await authority.serve(own));
    showFiles(surroundings, command, folder.shown());
  });
}

function addShow(certs: Command, surroundings: Surroundings): void {
  const shown = certs
    .command('show')
    .description('show who they are of, by which names, and when they end');
  addSettingFlags(shown, [data]);
  shown.action((_options: object, command: Command) => {
    const folder = new CertificateFolder(saidBy(surroundings, command).dataFolder);
    showFiles(surroundings, command, folder.shown());
  });
}

function addRenew(certs: Command, surroundings: Surroundings): void {
  const renew = certs
    .command('renew')
    .description('make a new certificate of the same CA, for the same key and names')
    .option(...nameOption)
    .addHelpText(
      'after',
      `
Names and addresses that this machine has by now are added. To have another key, take server.crt and server.key
away, and call init.

Example:
  oakring certs renew --data /var/lib/oakring`,
    );
  addSettingFlags(renew, Object.values(ofNames));
  renew.action(async ({ name = [] }: NameOptions, command: Command) => {
    const said = saidBy(surroundings, command);
    const folder = new CertificateFolder(said.dataFolder);
    const signing = existsSync(folder.cert) ? folder.signing() : null;
    if (signing === null) {
      const told = `There is nothing to renew in ${folder.path}; "oakring certs init" makes one.`;
      throw new CommandFailure(told, exitCodes.refused);
    }
    const { Authority, publicKeyOf } = await import('@oakring/certificates');
    const nowMs = (): number => surroundings.ports.clock.wallMs();
    const authority = new Authority(signing.certificate, signing.privateKey, nowMs);
    const [old] = folder.certificates(folder.cert);
    const names = [...new Set([...(old?.names ?? []), ...namesHere(said), ...checked(name)])];
    const publicKey = publicKeyOf(folder.read(folder.key));
    const own = { commonName: hostname(), names, publicKey, purposes: ['server'] } as const;
    // One file, put in the place of the other: who reads them both reads a pair.
    await folder.write(folder.cert, await authority.serve(own));
    showFiles(surroundings, command, folder.shown());
  });
}

function addIssue(certs: Command, surroundings: Surroundings): void {
  const issue = certs
    .command('issue <who>')
    .description('make a certificate of the same CA for a server elsewhere, or for a client of one')
    .requiredOption('--to <folder>', 'where <who>.crt, <who>.key and ca.crt are written')
    .option(...nameOption)
    .addHelpText(
      'after',
      `
With names it is for a server (and its links to others), without any for a client alone.

Examples:
  oakring certs issue mosquitto --name mqtt.example --to ./mosquitto-certs
  oakring certs issue cluster --to ./mqtt-cert         what MQTT_CERT names`,
    );
  addSettingFlags(issue, [data]);
  issue.action(async (who: string, options: NameOptions & { to: string }, command: Command) => {
    if (!/^[a-z0-9][a-z0-9._-]{0,62}$/i.test(who)) {
      const told = `"${who}" is no name for files: letters, digits and ._- are.`;
      throw new CommandFailure(told, exitCodes.usage);
    }
    const folder = new CertificateFolder(saidBy(surroundings, command).dataFolder);
    const signing = folder.signing();
    if (signing === null) {
      const told = `There is no CA in ${folder.path}; "oakring certs init" makes one.`;
      throw new CommandFailure(told, exitCodes.refused);
    }
    const to = resolve(options.to);
    const [cert, key] = [join(to, `${who}.crt`), join(to, `${who}.key`)];
    if (existsSync(cert) || existsSync(key)) {
      const told = `${existsSync(cert) ? cert : key} is there already: take it away, or name another folder.`;
      throw new CommandFailure(told, exitCodes.refused);
    }
    const { Authority, keyPair } = await import('@oakring/certificates');
    const nowMs = (): number => surroundings.ports.clock.wallMs();
    const authority = new Authority(signing.certificate, signing.privateKey, nowMs);
    const names = [...new Set(checked(options.name ?? []))];
    const { publicKey, privateKey } = keyPair();
    const purposes = names.length === 0 ? (['client'] as const) : (['server', 'client'] as const);
    const certificate = await authority.serve({ commonName: who, names, publicKey, purposes });
    await prepareFolder(to);
    await writeWhole(key, privateKey);
    await writeWhole(cert, certificate);
    await writeWhole(join(to, 'ca.crt'), signing.certificate);
    const made = folder.certificates(cert).map((each) => ({ ...each, file: cert }));
    showFiles(surroundings, command, made);
  });
}

function saidBy({ env }: Surroundings, command: Command) {
  const settings = readSettings(
    ofNames,
    environmentWithFlags(env, command, Object.values(ofNames)),
  );
  return { ...settings, dataFolder: resolve(settings.data) };
}

function checked(names: readonly string[]): readonly string[] {
  const odd = names.find((name) => !isName(name));
  if (odd === undefined) return names.map((name) => name.toLowerCase());
  const told = `"${odd}" is neither a host name nor an address, such as berlin.example or 192.0.2.7.`;
  throw new CommandFailure(told, exitCodes.usage);
}

function showFiles(
  surroundings: Surroundings,
  command: Command,
  items: readonly ShownFile[],
): void {
  const page = pageOfOwn(surroundings, command);
  const nowMs = surroundings.ports.clock.wallMs();
  show(page, { items: items.map((item) => ({ id: item.file, ...item })) }, (shown) =>
    renderCertificates(shown.items, { colors: page.terminal.colors, nowMs }),
  );
}
