import { reasonOf } from './describe-failure.ts';
import type { TlsMaterial } from './tls-options.ts';

/** faultOfMaterial says what keeps TLS material from being used; undefined when nothing does. */
export function faultOfMaterial(material: TlsMaterial): string | undefined {
  const parts = Object.entries<string>({ ...material });
  if (parts.length === 0) return undefined;
  // TLS itself takes what is empty for what is not given.
  const [empty] = parts.find(([, pem]) => pem.trim() === '') ?? [];
  if (empty !== undefined) return `${empty} is empty`;
  const { ca, ...pair } = material;
  try {
    // Not imported: node:tls takes 30 ms to load, which only who needs it should pay.
    process.getBuiltinModule('node:tls').createSecureContext(pair);
  } catch (cause) {
    return `cert and key can't be used together (${reasonOf(cause)})`;
  }
  return ca === undefined ? undefined : faultOfAuthorities(ca);
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

// TLS itself takes anything for a list of authorities, and then trusts none.
function faultOfAuthorities(pem: string): string | undefined {
  const { X509Certificate } = process.getBuiltinModule('node:crypto');
  const certificates = pem.match(CERTIFICATE) ?? [];
  if (certificates.length === 0) return 'ca holds no PEM certificate';
  try {
    for (const certificate of certificates) void new X509Certificate(certificate);
    return undefined;
  } catch (cause) {
    return `ca holds a certificate that can't be read (${reasonOf(cause)})`;
  }
}
