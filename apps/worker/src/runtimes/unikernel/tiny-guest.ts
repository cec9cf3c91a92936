/** Where it lies in the guest's memory: above the first MiB, as multiboot asks for. */
const loadAt = 0x10_00_00;
const multibootMagic = 0x1b_ad_b0_02;
/** The header says by itself where everything lies: no ELF around it. */
const addressesAreHere = 0x1_00_00;
const headerBytes = 32;

/**
 * A guest of a few bytes, in 32-bit x86 code, for machines where KVM has to show that it works, and for tests. It
 * says the command line that it was given on its console, and then does what `then` says.
 * Header: https://www.gnu.org/software/grub/manual/multiboot/multiboot.html#Header-layout
 */
export function tinyGuest(then: keyof typeof endings): Buffer {
  const code = Buffer.from([...sayCommandLine, ...endings[then]]);
  const end = loadAt + headerBytes + code.length;
  const checksum = -(multibootMagic + addressesAreHere) >>> 0;
  const entry = loadAt + headerBytes;
  const header = Buffer.alloc(headerBytes);
  const words = [multibootMagic, addressesAreHere, checksum, loadAt, loadAt, end, end, entry];
  for (const [index, word] of words.entries()) header.writeUInt32LE(word, index * 4);
  return Buffer.concat([header, code]);
}

// prettier-ignore
const sayCommandLine = [
  0x8b, 0x73, 0x10,       // mov esi, [ebx+16]: multiboot's address of the command line
  0x66, 0xba, 0xf8, 0x03, // mov dx, 0x3f8: the first serial line
  0xac,                   // next: lodsb
  0x84, 0xc0,             // test al, al
  0x74, 0x03,             // jz end
  0xee,                   // out dx, al
  0xeb, 0xf8,             // jmp next
  0xb0, 0x0a, 0xee,       // end: mov al, '\n'; out dx, al
];

// prettier-ignore
const endings = {
  sleep: [
    0xf4, 0xeb, 0xfd,       // hlt, again and again
  ],
  'power-off': [
    0x66, 0xba, 0x04, 0x06, // mov dx, 0x604: power management of QEMU's PC
    0x66, 0xb8, 0x00, 0x20, // mov ax, 0x2000: sleep state 5
    0x66, 0xef,             // out dx, ax
    0xf4, 0xeb, 0xfd,
  ],
  crash: [
    0x0f, 0x01, 0x1d, 0, 0, 0, 0, // lidt [0]: no handlers
    0xcc,                         // int3: a triple fault, which resets the machine
  ],
};
