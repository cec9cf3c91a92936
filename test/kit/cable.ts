import { createServer, connect, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * A line to a TCP port that can be cut as a network is: nothing passes, nothing is closed, and who
 * connects hears nothing. Once mended, what TCP had kept goes on.
 */
export class Cable {
  private readonly server: Server;
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(private readonly toPort: () => number) {
    this.server = createServer((near) => this.join(near));
  }

  static async to(port: () => number): Promise<Cable> {
    const cable = new Cable(port);
    cable.server.listen(0, '127.0.0.1');
    await new Promise((resolve) => cable.server.once('listening', resolve));
    return cable;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.pause();
  }

  mend(): void {
    this.isCut = false;
    for (const socket of this.sockets) socket.resume();
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  private join(near: Socket): void {
    const far = connect(this.toPort(), '127.0.0.1');
    this.relay(near, far);
    this.relay(far, near);
  }

  private relay(from: Socket, to: Socket): void {
    this.sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (data) => to.write(data));
    from.on('error', () => to.destroy());
    from.on('close', () => {
      this.sockets.delete(from);
      to.destroy();
    });
    if (this.isCut) from.pause();
  }
}
