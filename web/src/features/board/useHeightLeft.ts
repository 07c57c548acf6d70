import { useLayoutEffect, useState, type RefObject } from "react";

/** What is left of the window below an element's top, for a table that scrolls by itself. */
export function useHeightLeft(ref: RefObject<HTMLElement | null>, below: number, least = 220): number {
  const [height, setHeight] = useState(least);
  useLayoutEffect(() => {
    const measure = () => {
      const top = ref.current ? ref.current.getBoundingClientRect().top + window.scrollY : 0;
      setHeight(Math.max(least, Math.floor(window.innerHeight - top - below)));
    };
    measure();
    const watcher = new ResizeObserver(measure);
    watcher.observe(document.body);
    if (ref.current?.parentElement) watcher.observe(ref.current.parentElement);
    window.addEventListener("resize", measure);
    return () => {
      watcher.disconnect();
      window.removeEventListener("resize", measure);
    };
  }, [ref, below, least]);
  return height;
}
