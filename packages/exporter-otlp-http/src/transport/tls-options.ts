/** TlsOptions says what to trust and what to show. Each part is PEM text or a file, not both. */
export interface TlsOptions {
  /** Certificates of the authorities to trust, in place of the system's: PEM text. */
  readonly ca?: string | Uint8Array | undefined;
  /** The client's certificate, for mutual TLS: PEM text. Goes with a key. */
  readonly cert?: string | Uint8Array | undefined;
  /** The private key of `cert`: PEM text. */
  readonly key?: string | Uint8Array | undefined;
  /** A file with the certificates to trust; read again when it changes. */
  readonly caFile?: string | undefined;
  /** A file with the client's certificate; read again when it changes. */
  readonly certFile?: string | undefined;
  /** A file with the certificate's private key; read again when it changes. */
  readonly keyFile?: string | undefined;
  /** For how many milliseconds files are taken to be unchanged. Default 10000; 0 looks at every send. */
  readonly recheckMs?: number | undefined;
}

/** TlsMaterial is PEM text that fits together. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}
