export declare function offencesIn(path: string, text: string): { line: number; text: string }[];
