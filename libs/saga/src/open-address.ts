const onThisMachine = /^(?:http:\/\/)?(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d+)?(?:[/?#]|$)/i;

/** Whether others could read along with what is said to an address: it has no TLS, and is not on this machine. */
export function isOpenAddress(address: string): boolean {
  return !/^https:\/\//i.test(address) && !onThisMachine.test(address);
}
