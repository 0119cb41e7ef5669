const CERTIFICATE =
  'have it use a certificate of a known authority, or start the hub with NODE_EXTRA_CA_CERTS naming the file of your own one';

/** What to do, by what Node calls the failure. */
const ADVICE: Record<string, string> = {
  ENOTFOUND: 'this name has no address: check the host name of the base URL',
  EAI_AGAIN: 'names cannot be looked up at present: check the DNS of the hub’s machine',
  ECONNREFUSED: 'nothing listens there: check the host and port of the base URL, and whether the system runs',
  EHOSTUNREACH: 'no way leads there: check the network and firewall between the hub and the system',
  ENETUNREACH: 'no way leads there: check the network and firewall between the hub and the system',
  ETIMEDOUT: 'nothing answers there: check the base URL, and the firewall between the hub and the system',
  ECONNRESET: 'the connection was closed without an answer: check the base URL, and whether it is http: or https:',
  EPROTO: 'it does not speak TLS as expected: check whether the base URL is http: or https:',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS there: check whether the base URL is http: or https:',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'it does not speak TLS there: check whether the base URL is http: or https:',
  DEPTH_ZERO_SELF_SIGNED_CERT: CERTIFICATE,
  SELF_SIGNED_CERT_IN_CHAIN: CERTIFICATE,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: CERTIFICATE,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: CERTIFICATE,
  CERT_HAS_EXPIRED: 'its certificate is too old: have it renewed at the system',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: check the host name of the base URL',
};

/** Why there is no connection, and what to do about it where that is known. `message` holds no secret. */
export function explainNetwork(code: string | undefined, message: string): string {
  // What Node says behind a semicolon is advice about its own options.
  const reason = message.split(';')[0] ?? message;
  const advice = code && ADVICE[code];
  return advice ? `${reason}; ${advice}.` : reason;
}
