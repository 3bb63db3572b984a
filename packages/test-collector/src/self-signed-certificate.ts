import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';

/** A private key and the certificate that goes with it, as PEM. */
export interface SelfSignedCertificate {
  readonly key: string;
  readonly cert: string;
}

const dayMs = 86_400_000;

/**
 * selfSignedCertificate makes a fresh key (P-256) and a certificate for it (X.509 v3, its own authority) that names
 * `localhost`, the loopback addresses and the hosts given. Valid from a day ago for a year: it is for tests, and for a
 * client certificate of one (mTLS) as well.
 */
export function selfSignedCertificate({
  hosts = [],
  nowMs = Date.now(),
}: { readonly hosts?: readonly string[]; readonly nowMs?: number } = {}): SelfSignedCertificate {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const names = [...new Set(['localhost', '127.0.0.1', '::1', ...hosts])];
  const toBeSigned = certificateBody({ names, publicKey, nowMs });
  const signature = sign('sha256', toBeSigned, privateKey);
  const der = sequence(toBeSigned, ecdsaWithSha256, tlv(tags.bitString, Buffer.of(0), signature));
  const lines = der.toString('base64').replaceAll(/.{64}/g, '$&\n');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
  };
}

/** The TBSCertificate of RFC 5280, section 4.1. */
function certificateBody(parts: { names: readonly string[]; publicKey: KeyObject; nowMs: number }): Buffer {
  const { names, publicKey, nowMs } = parts;
  const name = sequence(
    tlv(tags.set, sequence(oid('550403'), tlv(tags.utf8String, Buffer.from('test collector')))),
  );
  const basicConstraints = sequence(
    oid('551d13'),
    tlv(tags.boolean, Buffer.of(0xff)),
    tlv(tags.octetString, sequence(tlv(tags.boolean, Buffer.of(0xff)))),
  );
  const alternativeNames = sequence(
    oid('551d11'),
    tlv(tags.octetString, sequence(...names.map(generalName))),
  );
  return sequence(
    tlv(tags.version, integer(Buffer.of(2))),
    integer(Buffer.concat([Buffer.of(1), randomBytes(8)])),
    ecdsaWithSha256,
    name,
    sequence(utcTime(nowMs - dayMs), utcTime(nowMs + 364 * dayMs)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    tlv(tags.extensions, sequence(basicConstraints, alternativeNames)),
  );
}

const tags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  sequence: 0x30,
  set: 0x31,
  dnsName: 0x82,
  ipAddress: 0x87,
  version: 0xa0,
  extensions: 0xa3,
} as const;

/** Tag, length, value: the one rule of DER (X.690). */
function tlv(tag: number, ...values: readonly Buffer[]): Buffer {
  const value = Buffer.concat(values);
  if (value.length < 0x80) return Buffer.concat([Buffer.of(tag, value.length), value]);
  const hex = value.length.toString(16);
  const length = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, 'hex');
  return Buffer.concat([Buffer.of(tag, 0x80 + length.length), length, value]);
}

function sequence(...values: readonly Buffer[]): Buffer {
  return tlv(tags.sequence, ...values);
}

function integer(bytes: Buffer): Buffer {
  return tlv(tags.integer, bytes);
}

function oid(hex: string): Buffer {
  return tlv(tags.objectIdentifier, Buffer.from(hex, 'hex'));
}

const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));

function utcTime(unixMs: number): Buffer {
  const digits = new Date(unixMs).toISOString().replaceAll(/[-:T]|\..*/g, '');
  return tlv(tags.utcTime, Buffer.from(`${digits.slice(2)}Z`));
}

function generalName(name: string): Buffer {
  if (isIP(name) === 0) return tlv(tags.dnsName, Buffer.from(name));
  return tlv(tags.ipAddress, isIP(name) === 4 ? Buffer.from(name.split('.').map(Number)) : ipv6Bytes(name));
}

function ipv6Bytes(address: string): Buffer {
  const [head = '', tail] = address.split('::');
  const before = groupsOf(head);
  const after = groupsOf(tail ?? '');
  const middle = Array.from({ length: 8 - before.length - after.length }, () => '0');
  return Buffer.from([...before, ...middle, ...after].map((group) => group.padStart(4, '0')).join(''), 'hex');
}

function groupsOf(text: string): string[] {
  return text.split(':').filter((group) => group !== '');
}
