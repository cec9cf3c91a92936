/**
 * What certificates of nodes say that they are of (O of the subject); the node's id is the common name, and the
 * digest of the secret that it joined with the serial number (2.5.4.5). One of a server, or of anybody else of the same
 * CA, speaks for no node.
 */
export const nodeOrganization = 'oakring node';
