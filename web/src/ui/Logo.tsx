/** The wind bell: cap, body, clapper and the strip of paper the wind pulls. */
export function Logo({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" fill="none" aria-hidden="true">
      <path d="M16 2v4" stroke="#d8a657" strokeWidth="1.800" strokeLinecap="round" />
      <circle cx="16" cy="2.600" r="1.600" fill="#d8a657" />
      <path d="M6.500 17.500C6.500 10.600 10.300 6 16 6s9.500 4.600 9.500 11.500c0 1-.8 1.700-1.700 1.700H8.200c-.9 0-1.700-.7-1.700-1.700z" fill="#7fd1c7" />
      <path d="M9.600 16.400c.2-4 1.900-6.800 4.600-7.800" stroke="#fff" strokeOpacity=".7" strokeWidth="1.500" strokeLinecap="round" />
      <path d="M16 19.200v3" stroke="#d8a657" strokeWidth="1.800" strokeLinecap="round" />
      <path d="M12.800 22.200h6.200l-.7 7.300-2.400-1.200-2.400 1.200z" fill="#d8a657" />
    </svg>
  );
}
