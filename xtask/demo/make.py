"""Paints the photos of the demo content beside this file: `python3 make.py [name…]`.

Needs numpy and Pillow. Everything is drawn from fixed seeds, so a run repeats itself. Lengths are
in picture heights: x goes from 0 to 1.5, y from 0 (top) to 1. Colours are linear from 0 to 1.
"""

import io
import pathlib
import sys

import numpy as np
from PIL import Image, ImageDraw

W, H = 1600, 1067
MOST_BYTES = 148_000
X, Y = (a.astype(np.float32) / H for a in np.meshgrid(np.arange(W), np.arange(H)))


# Tools


def noise(seed, beta, sx=1.0, sy=1.0, n=1024):
    """A tile of cloud-like noise, mean 0 and deviation 1; sx and sy stretch it."""
    fy, fx = np.meshgrid(np.fft.fftfreq(n), np.fft.rfftfreq(n), indexing="ij")
    f = np.hypot(fx * sx, fy * sy)
    f[0, 0] = np.inf
    white = np.fft.rfft2(np.random.default_rng(seed).standard_normal((n, n)))
    tile = np.fft.irfft2(white / np.maximum(f, 2 / n) ** beta, (n, n))
    return (tile / tile.std()).astype(np.float32)


def sample(tile, u, v):
    """The tile at u, v (one tile is one unit, repeated for ever)."""
    n = len(tile)
    u, v = (u % 1.0) * n, (v % 1.0) * n
    i, j = np.floor(u).astype(int), np.floor(v).astype(int)
    a, b = (u - i).astype(np.float32), (v - j).astype(np.float32)
    i, j, k, l = i % n, j % n, (i + 1) % n, (j + 1) % n
    return (tile[j, i] * (1 - a) + tile[j, k] * a) * (1 - b) + (tile[l, i] * (1 - a) + tile[l, k] * a) * b


def step(low, high, value):
    """0 below low, 1 above high, smooth between."""
    t = np.clip((value - low) / (high - low), 0, 1)
    return t * t * (3 - 2 * t)


def mix(a, b, share):
    """a where share is 0, b where it is 1; colours and fields alike."""
    share = np.asarray(share, np.float32)
    if share.shape == (H, W):
        share = share[..., None]
    return a * (1 - share) + b * share


def rgb(text):
    """A colour from its sRGB hexadecimal digits."""
    return np.array([int(text[i : i + 2], 16) / 255 for i in (0, 2, 4)], np.float32) ** 2.2


def gradient(position, *stops):
    """Colours along a position: stops are (position, colour)."""
    at = [s[0] for s in stops]
    parts = [np.interp(position, at, [rgb(s[1])[c] for s in stops]) for c in range(3)]
    return np.stack(parts, -1).astype(np.float32)


def blur(field, radius):
    """Gaussian blur with a deviation of radius picture heights."""
    if field.ndim == 3:
        return np.stack([blur(field[..., c], radius) for c in range(field.shape[2])], -1)
    pad = min(int(radius * H * 3) + 2, 400)
    wide = np.pad(field, pad, mode="edge")
    fy = np.fft.fftfreq(wide.shape[0])[:, None]
    fx = np.fft.rfftfreq(wide.shape[1])[None]
    bell = np.exp(-2 * (np.pi * radius * H) ** 2 * (fx**2 + fy**2))
    soft = np.fft.irfft2(np.fft.rfft2(wide) * bell, wide.shape)
    return soft[pad : pad + H, pad : pad + W].astype(np.float32)


class Stencil:
    """A mask drawn with shapes, three times finer than the picture."""

    FINE = 3

    def __init__(self):
        self.image = Image.new("L", (W * self.FINE, H * self.FINE))
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, points):
        return [(x * H * self.FINE, y * H * self.FINE) for x, y in points]

    def shape(self, points, fill=255):
        self.draw.polygon(self._at(points), fill=fill)

    def line(self, points, width, fill=255):
        self.draw.line(self._at(points), fill=fill, width=max(1, round(width * H * self.FINE)))

    def disc(self, x, y, rx, ry=None, fill=255):
        ry = ry or rx
        self.draw.ellipse(self._at([(x - rx, y - ry), (x + rx, y + ry)]), fill=fill)

    def mask(self):
        return np.asarray(self.image.resize((W, H), Image.BOX), np.float32) / 255


def ridge(seed, base, height, rough=1.15, zoom=1.0):
    """A skyline over x: one y for each column."""
    line = noise(seed, rough, 1, 1)[17]
    smooth = np.interp(np.linspace(0, 900 / zoom, W), np.arange(1024), line)
    return (base - height * smooth).astype(np.float32)


def hill(image, line, colour, mist, depth):
    """Lays a hill below a skyline, drowning in mist over the depth."""
    body = mix(rgb(colour), rgb(mist), step(line, line + depth, Y))
    return mix(image, body, step(-0.0012, 0.0012, Y - line))


def pine(stencil, x, foot, height, rng):
    """A spruce of ragged branches."""
    points, tiers = [], 11
    for side in (-1, 1):
        half = []
        for i in range(tiers):
            t = (i + rng.uniform(0.2, 0.8)) / tiers
            reach = height * 0.2 * t * rng.uniform(0.75, 1.15)
            y = foot - height * (1 - t)
            half += [(x + side * reach * 0.45, y - height * 0.02), (x + side * reach, y + height * 0.03)]
        points += half if side < 0 else half[::-1]
    stencil.shape([(x, foot - height)] + points)
    stencil.line([(x, foot - height * 1.02), (x, foot + 0.02)], height * 0.02)


def water(image, level, seed, tint, chop=1.0, gloss=0.82):
    """Fills everything below the level with the mirrored picture, broken by ripples."""
    far = np.maximum(Y - level, 0.0008)
    tile = noise(seed, 1.25, 2.2, 1)
    wave = sample(tile, 0.06 * (X - 0.75) / far, 0.10 / far) + 0.6 * sample(tile, X * 1.1, Y * 4.5)
    wave *= step(0, 0.08, far)
    rise = far * (1 + 0.10 * chop * wave) + 0.012 * chop * wave
    row = np.clip((level - np.abs(rise)) * H, 0, H - 1).astype(int)
    column = np.clip((X + 0.004 * chop * wave) * H, 0, W - 1).astype(int)
    mirrored = image[row, column]
    deep = mix(mirrored * gloss, rgb(tint), 0.10 + 0.35 * step(0.05, 0.5, far))
    deep = deep * (1 + 0.10 * chop * wave * step(0, 0.15, far))[..., None]
    return mix(image, deep, step(-0.0008, 0.0008, Y - level))


def glow(image, x, y, radius, colour, strength):
    """Adds the halo of a light."""
    near = np.exp(-np.hypot(X - x, Y - y) / radius)
    return image + rgb(colour) * (strength * near)[..., None]


def save(name, image, grain=0.012, bloom=0.12, vignette=0.30):
    """Develops the picture like film and writes it as JPEG."""
    bright = np.clip(image - 0.55, 0, 2)
    image = image + bloom * (blur(bright, 0.012) + blur(bright, 0.05))
    edge = ((X - 0.75) ** 2 / 0.9 + (Y - 0.5) ** 2 / 0.4) / 1.25
    image = image * (1 - vignette * edge)[..., None]
    image = np.clip(image, 0, None)
    image = np.clip(image * (1 + image / 1.6**2) / (1 + image * 0.39), 0, 1) ** (1 / 2.2)
    image = 0.018 + 0.975 * image
    rng = np.random.default_rng(7)
    speck = blur(rng.standard_normal((H, W)).astype(np.float32), 0.9 / H)
    tone = 0.5 + 2 * image.mean(-1) * (1 - image.mean(-1))
    image = image + (grain * speck / speck.std() * tone)[..., None]
    photo = Image.fromarray((np.clip(image, 0, 1) * 255 + 0.5).astype(np.uint8))
    for quality in range(90, 40, -2):
        data = io.BytesIO()
        photo.save(data, "JPEG", quality=quality, optimize=True, progressive=True)
        if data.tell() < MOST_BYTES:
            break
    path = pathlib.Path(__file__).with_name(f"{name}.jpg")
    path.write_bytes(data.getvalue())
    print(f"{path.name}: {data.tell()} bytes, quality {quality}")


# Pictures


def dawn_sky(seed, stops, lit, shade, low, high, amount=0.8):
    """A sky with streaks of cloud, lit from below."""
    sky = gradient(Y, *stops)
    tile = noise(seed, 1.45, 3.2, 1)
    u, v = 0.35 + X * 0.42, 0.1 + Y * 0.75
    cloud = sample(tile, u, v)
    edge = cloud - sample(tile, u, v + 0.02)
    cover = step(0.1, 1.7, cloud) * step(low, low + 0.15, Y) * (1 - step(high - 0.15, high, Y))
    return mix(sky, mix(rgb(shade), rgb(lit), step(-0.35, 0.6, -edge)), amount * cover)


def yacht(dark, x, level, size, rng):
    """A moored boat with a bare mast."""
    bow = rng.choice([-1, 1])
    length, mast = 0.085 * size, 0.30 * size * rng.uniform(0.85, 1.15)
    p = lambda a, b: (x + bow * a * length, level - b * length)
    dark.shape([p(-1, 0.0), p(-1.05, 0.24), p(0.3, 0.22), p(1.2, 0.34), p(0.92, 0.0)])
    dark.shape([p(-0.45, 0.22), p(-0.40, 0.42), p(0.20, 0.42), p(0.42, 0.22)])
    top = (x + bow * length * 0.1, level - mast)
    dark.line([(top[0], level), top], 0.0030 * size)
    dark.line([top, p(1.18, 0.33)], 0.0009)
    dark.line([top, p(-1.03, 0.24)], 0.0009)
    cross = level - mast * 0.62
    dark.line([(top[0] - 0.016 * size, cross), (top[0] + 0.016 * size, cross)], 0.0016)
    for side in (-1, 1):
        dark.line([top, (top[0] + side * 0.016 * size, cross), p(0.1 + side * 0.15, 0.22)], 0.0007)
    dark.line([(top[0], level - 0.6 * length), p(-0.95, 0.55)], 0.0042 * size)


def harbour():
    level, rng = 0.62, np.random.default_rng(5)
    image = dawn_sky(3, [(0, "46587f"), (0.25, "8589ab"), (0.45, "d8a9a6"), (0.58, "f6cfa6"), (0.65, "fbe0b8")],
                     "f7c3a4", "6c6a90", -0.2, 0.6)
    image = glow(image, 1.02, 0.60, 0.20, "ffc890", 0.55)
    for seed, base, height, colour in [(11, 0.50, 0.030, "b39fb0"), (12, 0.545, 0.022, "8d87a4"),
                                       (13, 0.585, 0.016, "686d8e")]:
        image = hill(image, ridge(seed, base, height, 1.3), colour, "f0c9b0", 0.13)
    dark = Stencil()
    dark.shape([(0, level), (0, level - 0.022), (0.36, level - 0.018), (0.36, level)])
    for x in np.arange(0.0, 0.36, 0.045):
        dark.shape([(x, level), (x, level - 0.030), (x + 0.005, level - 0.030), (x + 0.005, level)])
    for x, size in [(0.16, 1.0), (0.32, 0.8), (0.47, 1.25), (0.64, 0.7), (0.74, 0.9), (1.20, 0.75), (1.33, 1.1)]:
        yacht(dark, x, level, size, rng)
    image = mix(image, rgb("2b3046") + 0.10 * image, 0.96 * dark.mask())
    for x, y in [(0.05, 0.555), (0.255, 0.56)]:
        image = glow(glow(image, x, y, 0.004, "ffe0a0", 5.0), x, y, 0.03, "ffb060", 0.25)
    image = mix(image, rgb("f3cdb4"), 0.45 * np.exp(-(((Y - level) / 0.018) ** 2)) * (0.5 + 0.5 * step(0.4, 1.2, X)))
    image = water(image, level, 21, "3c4a6c", 0.55)
    save("harbour", image)


def boats():
    tile = noise(31, 1.3)
    sheer = 0.20 - 0.10 * (X / 1.5) ** 2 + 0.02 * X
    keel = 0.86 - 0.02 * X
    planks = 7.0
    t = (Y - sheer) / (keel - sheer) * planks
    f, i = t - np.floor(t), np.floor(t)
    brush = sample(noise(32, 0.8, 14, 1), X * 0.8, Y * 1.6 + i * 0.37)
    light = 0.80 - 0.42 * (t / planks) + 0.10 * f
    light = light - 0.55 * np.exp(-f / 0.07) + 0.20 * np.exp(-((f - 0.94) / 0.035) ** 2)
    web = np.abs(sample(noise(33, 1.9, 1, 2.2), X * 0.55 + 0.02 * sample(tile, X, Y), Y * 0.9))
    caustic = np.exp(-web / 0.10) * step(1.0, planks, t)
    caustic = blur(caustic, 0.003)
    paint = rgb("1f5a9c") * light[..., None] * (1 + 0.035 * brush)[..., None]
    paint = paint + rgb("9cc4dd") * (0.20 * caustic + 0.05 * step(0.55, 1, f) * (1 - t / planks))[..., None]
    for seam in np.arange(0.04, 1.5, 0.085):
        near = np.hypot(X - seam - 0.013 * (i % 2), (f - 0.86) * 0.094)
        paint = paint * (1 - 0.30 * np.exp(-((near / 0.0035) ** 2)))[..., None]
        lit = np.hypot(X - seam - 0.013 * (i % 2) + 0.0012, (f - 0.86) * 0.094 + 0.0015)
        paint = paint + rgb("8fb4da") * (0.16 * np.exp(-((lit / 0.0016) ** 2)))[..., None]
    stripe = rgb("efe6d2") * (0.72 - 0.3 * np.exp(-f / 0.1) + 0.25 * caustic + 0.01 * brush)[..., None]
    paint = mix(paint, stripe, step(6.0, 6.02, t))
    image = mix(boats_behind(), paint, step(-0.0012, 0.0012, Y - sheer))
    image = boats_rail(image, sheer)
    image = boats_rope(image)
    save("boats", water(image, 0.86 - 0.0, 35, "123240", 1.1, 0.7), vignette=0.4)


def boats_behind():
    """The far side of the harbour, out of focus."""
    rng = np.random.default_rng(8)
    image = gradient(Y, (0, "dfe6e4"), (0.12, "b9c9c6"), (0.2, "86a3a3"), (0.3, "7896a0"))
    spots = Stencil()
    for _ in range(26):
        spots.disc(rng.uniform(0, 1.5), rng.uniform(0.02, 0.2), rng.uniform(0.010, 0.024), fill=int(rng.uniform(60, 200)))
    houses = Stencil()
    for _ in range(9):
        x, w, h = rng.uniform(0, 1.5), rng.uniform(0.05, 0.16), rng.uniform(0.04, 0.11)
        houses.shape([(x, 0.2), (x, 0.14 - h), (x + w, 0.14 - h), (x + w, 0.2)], int(rng.uniform(60, 200)))
    image = mix(image, rgb("a88a78"), 0.7 * blur(houses.mask(), 0.014))
    return mix(image, rgb("fff6e0"), 0.5 * blur(spots.mask(), 0.0015))


def boats_rail(image, sheer):
    """The varnished rail along the top of the hull."""
    thick = 0.042
    s = (Y - sheer + thick * 0.7) / thick
    grain = sample(noise(36, 1.0, 30, 1), X * 0.5, (Y - sheer) * 2.5)
    light = 0.55 + 0.55 * np.exp(-(((s - 0.28) / 0.13) ** 2)) - 0.25 * s
    wood = rgb("b06a30") * (light * (1 + 0.16 * grain))[..., None]
    wood = wood + 0.40 * np.exp(-(((s - 0.24) / 0.05) ** 2))[..., None]
    shadow = np.exp(-np.maximum(s - 1, 0) / 0.5) * step(0.9, 1, s)
    image = image * (1 - 0.65 * shadow)[..., None]
    return mix(image, wood, step(0, 0.04, s) * (1 - step(0.96, 1, s)))


def boats_rope(image):
    """A mooring line, hanging over the side in a bight."""
    x = X[0]
    curve = 0.16 + 0.36 * (1 - ((x - 0.98) / 0.24) ** 2)
    slope = np.gradient(curve, 1 / H)
    across = (Y - curve) / np.hypot(1, slope)
    along = np.cumsum(np.hypot(1, slope)) / H
    inside = ((x > 0.74) & (x < 1.22)).astype(np.float32)
    shade = blur(((np.abs(across - 0.012) < 0.012) * inside * (Y > 0.16)).astype(np.float32), 0.006)
    image = image * (1 - 0.55 * shade)[..., None]
    r = across / 0.0095
    twist = 0.5 + 0.5 * np.sin(2 * np.pi * (along / 0.017 + r * 0.45))
    light = (0.35 + 0.5 * np.sqrt(np.clip(1 - (r + 0.3) ** 2, 0, 1))) * (0.55 + 0.45 * twist)
    cover = (1 - step(0.9, 1.05, np.abs(r))) * inside * step(0.155, 0.16, Y)
    return mix(image, rgb("e8d8b4") * light[..., None], cover)


def lighthouse():
    level = 0.66
    image = dawn_sky(41, [(0, "2f4668"), (0.3, "6b83a0"), (0.5, "c9b4a0"), (0.62, "f3c487"), (0.68, "f7d39a")],
                     "f5bd8b", "46536f", -0.2, 0.66, 0.9)
    image = glow(image, 0.38, 0.64, 0.22, "ffb968", 0.75)
    image = hill(image, ridge(42, 0.655, 0.008, 1.4) + 0.06 * step(0.5, 0.0, X[0]) * 0 + 0.0, "8e8b98", "c9b4a0", 0.05)
    image = water(image, level, 43, "2a4158", 1.4)
    image = swell(image, level)
    cliff = 0.78 - 0.24 * step(0.72, 1.16, X) + 0.012 * sample(noise(44, 1.2), X * 0.7, 0 * Y) + 0.30 * step(0.78, 0.60, X)
    image = headland(image, cliff)
    image = tower(image, 1.14, 0.555)
    save("lighthouse", gulls(image), vignette=0.4)


def swell(image, level):
    """Long waves with broken crests."""
    far = np.maximum(Y - level, 0.001)
    wave = sample(noise(45, 1.2, 3, 1), 0.05 * (X - 0.4) / far, 0.16 / far)
    crest = step(1.2, 2.2, wave) * step(0.01, 0.1, far)
    image = image * (1 - 0.25 * step(0, 1.5, -wave) * step(0, 0.1, far))[..., None]
    return mix(image, rgb("f2dcc4"), 0.45 * crest)


def headland(image, cliff):
    """Grass on top of rock."""
    rock = sample(noise(46, 1.0, 1, 2.5), X * 0.9, Y * 0.9)
    grass = sample(noise(47, 0.7, 1, 3.5), X * 1.3 + 0.6 * Y, Y * 0.8)
    below = Y - cliff
    stone = rgb("3a3a40") * (1 + 0.35 * rock)[..., None]
    green = rgb("4d5636") * (0.9 + 0.22 * grass + 0.8 * np.exp(-below / 0.02))[..., None]
    body = mix(green, stone, step(0.04, 0.12, below + 0.02 * rock + 0.15 * step(0.95, 0.7, X)))
    body = body * (0.45 + 0.55 * step(0.35, 0, below))[..., None]
    blades = 0.003 * sample(noise(48, 0.4), X * 1.5, 0 * Y)
    return mix(image, body, step(-0.0012, 0.0012, below + blades))


def tower(image, x, foot):
    """A white tower with a red band; its lamp is lit."""
    height, base, top = 0.36, 0.036, 0.024
    t = (foot - Y) / height
    half = base + (top - base) * np.clip(t, 0, 1)
    s = (X - x) / half
    round_light = 0.30 + 0.70 * step(1.1, -0.9, s)
    paint = mix(rgb("efe8dc"), rgb("a8382c"), step(0.42, 0.424, t) * (1 - step(0.62, 0.624, t)))
    wear = 1 + 0.05 * sample(noise(49, 0.9, 1, 4), X, Y)
    body = paint * (0.75 * round_light * wear)[..., None] + rgb("f0a060") * (0.22 * step(-0.2, -1, s))[..., None]
    image = mix(image, body, step(0.5, -0.5, (np.abs(s) - 1) * half * H) * step(-0.02, -0.015, t) * (1 - step(1, 1.003, t)))
    crown, dark, panes = foot - height, Stencil(), Stencil()
    dark.shape([(x - 0.036, crown), (x - 0.036, crown - 0.008), (x + 0.036, crown - 0.008), (x + 0.036, crown)])
    for rail in np.linspace(-0.034, 0.034, 9):
        dark.line([(x + rail, crown), (x + rail, crown - 0.026)], 0.0012)
    dark.line([(x - 0.035, crown - 0.026), (x + 0.035, crown - 0.026)], 0.0018)
    panes.shape([(x - 0.019, crown - 0.008), (x - 0.019, crown - 0.058), (x + 0.019, crown - 0.058), (x + 0.019, crown - 0.008)])
    for bar in (-0.019, -0.007, 0.007, 0.019):
        dark.line([(x + bar, crown), (x + bar, crown - 0.06)], 0.0018)
    dark.shape([(x - 0.024, crown - 0.056), (x, crown - 0.090), (x + 0.024, crown - 0.056)])
    dark.line([(x, crown - 0.08), (x, crown - 0.108)], 0.002)
    for y in (0.16, 0.27):
        dark.shape([(x - 0.005, foot - y), (x - 0.005, foot - y - 0.018), (x + 0.003, foot - y - 0.018), (x + 0.003, foot - y)])
    image = mix(image, rgb("ffe9b8") * 1.1, panes.mask())
    image = mix(image, rgb("2c2a30"), dark.mask())
    lamp = crown - 0.033
    image = glow(image, x, lamp, 0.007, "fff0c0", 3.0)
    return glow(image, x, lamp, 0.06, "ffcf80", 0.30)


def gulls(image):
    """A few gulls, far off."""
    birds, rng = Stencil(), np.random.default_rng(4)
    for x, y, size in [(0.52, 0.30, 0.022), (0.60, 0.255, 0.016), (0.43, 0.36, 0.013), (0.80, 0.21, 0.012)]:
        for side in (-1, 1):
            lift = rng.uniform(0.25, 0.5)
            points = [(x + side * size * a, y - size * lift * np.sin(a * 2.6)) for a in np.linspace(0, 1, 12)]
            birds.line(points, size * 0.11)
    return mix(image, rgb("2b303c"), 0.85 * birds.mask())


def train():
    rng = np.random.default_rng(6)
    image = dawn_sky(51, [(0, "14213f"), (0.25, "2f4a74"), (0.45, "6c86a8"), (0.58, "c2b6b4"), (0.66, "e6c6ae")],
                     "b09aa8", "33476c", -0.2, 0.5, 0.6)
    stars = blur((rng.random((H, W)) > 0.99985).astype(np.float32) * rng.uniform(0.3, 1, (H, W)), 0.8 / H)
    image = image + (3.5 * stars * step(0.35, 0.0, Y))[..., None]
    for seed, base, height, colour in [(52, 0.47, 0.045, "8295b2"), (53, 0.53, 0.04, "617a9c"), (54, 0.60, 0.035, "48628a")]:
        image = hill(image, ridge(seed, base, height, 1.3), colour, "b9bcc6", 0.20)
    image = viaduct(image, 0.565)
    image = carriages(image, 0.565)
    fog = sample(noise(55, 1.6, 3, 1), X * 0.45, Y * 0.5)
    image = mix(image, rgb("b4bac8"), 0.85 * step(0.66, 0.86, Y + 0.035 * fog))
    for seed, base, tall, colour, mist in [(56, 0.90, 0.10, "41566f", "a9b3c4"), (57, 1.0, 0.19, "1d2b3d", "33455a")]:
        line, trees = ridge(seed, base, 0.025, 1.3), Stencil()
        for x in np.sort(rng.uniform(-0.02, 1.52, 95)):
            y = line[int(np.clip(x * H, 0, W - 1))]
            pine(trees, x, y + 0.03, tall * rng.uniform(0.5, 1.05), rng)
        wood = np.maximum(trees.mask(), step(0, 0.002, Y - line - 0.01))
        image = mix(image, mix(rgb(colour), rgb(mist), 0.8 * step(base - tall, base + 0.12, Y)), wood)
    save("train", image, vignette=0.35)


def viaduct(image, deck):
    """Stone arches over the valley."""
    span, pier = 0.128, 0.026
    u = np.abs((X + 0.03) % span - span / 2)
    hole = span / 2 - pier / 2 - 0.012 * step(0.6, 0.95, Y) * -0.5
    spring = deck + 0.035 + hole
    open_arch = np.where(Y > spring, hole - u, hole - np.hypot(u, Y - spring))
    solid = step(-0.0008, 0.0008, -open_arch) * step(-0.0008, 0.0008, Y - deck)
    courses = 1 + 0.07 * sample(noise(58, 0.6, 2, 1), X * 1.4, Y * 1.4)
    stone = rgb("3c4c68") * (courses * (0.9 + 0.25 * step(0.01, 0, Y - deck)))[..., None]
    stone = mix(stone, rgb("9aa6ba"), 0.8 * step(deck + 0.02, 0.84, Y))
    return mix(image, stone, solid)


def carriages(image, deck):
    """Three carriages with lit windows, and their light on the fog."""
    body, lit = Stencil(), Stencil()
    begin, length, gap, roof = 0.50, 0.168, 0.006, deck - 0.040
    for i in range(3):
        a, b = begin + i * (length + gap), begin + i * (length + gap) + length
        nose = 0.018 if i == 2 else 0.003
        body.shape([(a, deck - 0.006), (a, roof + 0.003), (a + 0.004, roof), (b - nose, roof), (b, roof + 0.018), (b, deck - 0.006)])
        for x in np.arange(a + 0.012, b - 0.022, 0.0168):
            lit.shape([(x, roof + 0.009), (x + 0.0125, roof + 0.009), (x + 0.0125, roof + 0.021), (x, roof + 0.021)])
        for x in np.linspace(a + 0.02, b - 0.02, 4):
            body.disc(x, deck - 0.004, 0.004)
    for x in np.arange(0.02, 1.5, 0.128):
        body.line([(x, deck), (x, deck - 0.062)], 0.0018)
        body.line([(x, deck - 0.060), (x + 0.018, deck - 0.057)], 0.0012)
    image = mix(image, rgb("1b2639"), 0.95 * body.mask())
    window = lit.mask()
    image = mix(image, rgb("ffd890") * 1.25, window)
    image = image + rgb("ffb45c") * (0.55 * blur(window, 0.010) + 0.55 * blur(window, 0.04))[..., None]
    front = begin + 3 * length + 2 * gap
    image = glow(image, front, deck - 0.014, 0.004, "fff2d0", 4.0)
    return glow(image, front + 0.01, deck - 0.014, 0.045, "ffdca0", 0.40)


def shine(height, sun, scale=1.0):
    """Lambert light on a field of heights, as a factor around 1 on flat ground."""
    dy, dx = np.gradient(height * H * scale)
    length = np.sqrt(dx**2 + dy**2 + 1)
    return np.clip((-dx * sun[0] - dy * sun[1] + sun[2]) / length, 0, None) / sun[2]


def table():
    """Old oak boards, seen from above, dusted with flour."""
    board = np.floor((Y + 0.07) / 0.29)
    seam = np.abs((Y + 0.07) % 0.29 - 0.145)
    grain = sample(noise(61, 1.0, 26, 1), X * 0.35 + board * 0.31, Y * 1.3 + board * 0.17)
    wide = sample(noise(62, 1.5, 9, 1), X * 0.3 + board * 0.61, Y * 0.8)
    wood = mix(rgb("5a3d29"), rgb("7d5a3c"), step(-1.5, 1.8, wide + 0.5 * grain))
    wood = wood * (shine(0.0006 * grain, (-0.5, -0.5, 0.7)) * (1 - 0.8 * step(0.1425, 0.145, seam)))[..., None]
    dust = step(0.6, 2.6, sample(noise(63, 1.4), X * 0.6, Y * 0.6) + 0.5 * sample(noise(64, 0.3), X, Y))
    return mix(wood, rgb("e9dfcf"), 0.45 * dust)


def loaf(image, x, y, size, turn, seed):
    """A round loaf with the rings of its basket and four cuts around a square."""
    wob = sample(noise(seed, 1.6), X * 0.5, Y * 0.5)
    a = np.arctan2(Y - y, X - x)
    r = np.hypot(X - x, Y - y) / size * (1 + 0.012 * np.sin(2 * a + seed) + 0.010 * wob)
    u, v = ((X - x) * np.cos(turn) + (Y - y) * np.sin(turn)) / size, ((Y - y) * np.cos(turn) - (X - x) * np.sin(turn)) / size
    fine, rough = sample(noise(seed + 1, 0.9), X * 1.2, Y * 1.2), sample(noise(seed + 2, 1.25), X, Y)
    cut = np.full_like(X, 9.0)
    for p, q in ((u, v), (v, u), (-u, v), (-v, u)):
        bow = p - 0.44 + 0.16 * q**2 + 0.012 * rough
        cut = np.minimum(cut, np.abs(bow) + 0.9 * np.maximum(np.abs(q) - 0.56, 0))
    gap = 0.085 * (1 + 0.18 * rough)
    opened = step(gap, gap * 0.72, cut)
    lip = np.exp(-(((cut - gap * 1.12) / 0.028) ** 2))
    dome = np.clip(1 - r**2.3, 0, 1) ** 0.55
    height = size * (0.42 * dome + 0.030 * lip - 0.030 * opened)
    height = height + 0.0010 * fine * (0.6 + opened) + 0.0016 * rough
    light = 0.30 + 0.78 * shine(blur(height, 0.0012), (-0.55, -0.50, 0.66))
    bake = step(-1.6, 1.8, rough + 1.6 * (r - 0.6) + 1.0 * lip)
    crust = mix(rgb("c98a4a"), rgb("7a4220"), bake)
    rings = 0.5 + 0.5 * np.sin(2 * np.pi * (r * 8.2 + 0.10 * wob))
    flour = step(0.25, 0.85, rings + 0.16 * fine + 0.12 * rough) * step(1.0, 0.86, r) * (1 - opened) * (1 - 0.75 * lip)
    crust = mix(crust, rgb("f0e4d0"), 0.72 * flour)
    inside = mix(rgb("d9a763"), rgb("b87738"), step(-1.2, 1.5, fine + rough))
    crust = mix(crust, inside, opened)
    crust = mix(crust, rgb("4a2410"), 0.55 * lip * (1 - opened))
    disc = step(1.0, 0.992, r)
    for away, soft, dark in ((0.020, 0.012, 0.55), (0.055, 0.035, 0.55)):
        cast = blur((np.hypot(X - x - away, Y - y - away) < size * 0.985).astype(np.float32), soft)
        image = image * (1 - dark * cast)[..., None]
    return mix(image, crust * (light * (0.55 + 0.45 * step(1.02, 0.80, r)))[..., None], disc)


def bread():
    image = table()
    image = loaf(image, 1.30, 0.13, 0.30, 0.9, 75)
    image = loaf(image, 0.60, 0.54, 0.385, 0.35, 71)
    image = loaf(image, 1.28, 0.88, 0.27, 0.1, 79)
    warm = 0.75 + 0.55 * np.exp(-((X - 0.35) ** 2 + (Y - 0.2) ** 2) / 0.7)
    save("bread", image * warm[..., None] * np.array([1.04, 1.0, 0.93], np.float32), vignette=0.5)


def heap():
    """Centres and radii of fruit in a heap."""
    rng, fruit = np.random.default_rng(91), []
    for layer, z in ((0, 0.0), (1, 1.45), (2, 2.9)):
        for j in range(-7, 12):
            for i in range(-10, 11):
                p = np.array([i * 1.98 + (j % 2) * 0.99 + 0.5 * layer, j * 1.74 + 0.6 * layer, z + 0.12 * j * (layer == 0)])
                p = p + rng.uniform(-0.16, 0.16, 3)
                keep = (1.0, 0.62, 0.30)[layer] if layer == 0 or p[1] > -2 else 0.25 * (layer == 1)
                if rng.random() < keep:
                    fruit.append((*p, rng.uniform(0.93, 1.06)))
    return np.array(fruit, np.float32), rng


def market():
    fruit, rng = heap()
    eye, aim = np.array([0, -9.5, 9.5]), np.array([0, 0.6, 0.6])
    ahead = (aim - eye) / np.linalg.norm(aim - eye)
    right = np.array([1.0, 0, 0])
    up = np.cross(right, ahead)
    ray = ahead + ((X - 0.75)[..., None] * right + (0.5 - Y)[..., None] * up) * 0.80
    ray = (ray / np.linalg.norm(ray, axis=-1, keepdims=True)).astype(np.float32)
    depth, image = np.full((H, W), 40.0, np.float32), np.zeros((H, W, 3), np.float32) + rgb("20140c")
    peel = noise(92, 0.75)
    blotch = noise(93, 1.6)
    for k, (*c, r) in enumerate(fruit):
        to = np.array(c, np.float32) - eye
        b = ray @ to.astype(np.float32)
        inside = b * b - (to @ to - r * r)
        hit = (inside > 0) & (b > 0)
        if hit.sum() < 50:
            continue
        t = b[hit] - np.sqrt(inside[hit])
        front = t < depth[hit]
        at = np.argwhere(hit)[front]
        rows, cols = at[:, 0], at[:, 1]
        depth[rows, cols] = t[front]
        point = eye + ray[rows, cols] * t[front][:, None]
        n = (point - np.array(c)) / r
        image[rows, cols] = orange(point, n, ray[rows, cols], fruit, k, rng.uniform(0, 1, 6), peel, blotch)
    save("market", focus(image, depth), vignette=0.45)


def orange(point, n, view, fruit, k, dice, peel, blotch):
    """The light on one fruit: sun, sky, its neighbours' shade, pores and stalk."""
    pole = np.array([dice[0] - 0.5, dice[1] - 0.9, dice[2] * 0.9 + 0.1])
    pole /= np.linalg.norm(pole)
    side = np.cross(pole, [0.3, 0.5, 0.8])
    side /= np.linalg.norm(side)
    other = np.cross(pole, side)
    lift = 1.25 + n @ pole
    u, v = (n @ side) / lift * 0.35 + dice[3], (n @ other) / lift * 0.35 + dice[4]
    e = 0.0012
    bump = sample(peel, u, v)
    du, dv = sample(peel, u + e, v) - bump, sample(peel, u, v + e) - bump
    n = n + 0.075 * (du[:, None] * side + dv[:, None] * other)
    n = n / np.linalg.norm(n, axis=1, keepdims=True)
    sun = np.array([-0.62, 0.25, 0.74])
    sun /= np.linalg.norm(sun)
    near = np.argsort(((fruit[:, :3] - fruit[k, :3]) ** 2).sum(1))[1:26]
    lit, open_sky = np.ones(len(n)), np.ones(len(n))
    for *c, r in fruit[near]:
        to = np.array(c) - point
        far = np.sqrt((to**2).sum(1))
        ahead = to @ sun
        miss = np.sqrt(np.maximum(far**2 - ahead**2, 0)) - r
        lit *= np.where(ahead > 0, step(-0.10, 0.16, miss / np.maximum(ahead, 0.3) ** 0.5), 1)
        open_sky *= 1 - np.clip((n * to).sum(1) / far, 0, 1) * np.clip(r / far, 0, 1) ** 2
    skin = mix(rgb("f08a12"), rgb("e8650a"), dice[5]) * (1 + 0.06 * sample(blotch, u, v))[:, None]
    skin = skin * (1 - 0.04 * np.clip(-bump, 0, 3))[:, None]
    stalk = np.hypot(n @ side, n @ other) + (n @ pole < 0) * 9
    a = np.arctan2(n @ side, n @ other)
    star = step(0.105, 0.085, stalk * (1 + 0.22 * np.cos(5 * a)))
    skin = mix(skin, rgb("6f7a34"), star[:, None]) * (1 - 0.35 * np.exp(-(((stalk - 0.13) / 0.05) ** 2)))[:, None]
    diffuse = np.clip((n @ sun + 0.12) / 1.12, 0, None) * lit
    half = sun - view
    half = half / np.linalg.norm(half, axis=1, keepdims=True)
    gleam = np.clip((n * half).sum(1), 0, 1)
    shiny = (0.22 * gleam**60 + 0.05 * gleam**12) * lit
    sky = open_sky * (0.5 + 0.5 * n[:, 2])
    bounce = rgb("e86a10") * (0.10 * (1 - open_sky))[:, None]
    warm = diffuse[:, None] * np.array([1.25, 1.12, 0.92]) + sky[:, None] * np.array([0.20, 0.24, 0.32])
    return skin * (warm + bounce * 3) + shiny[:, None] * np.array([1.0, 0.95, 0.85]) * (1 - star)[:, None]


def focus(image, depth):
    """Blurs what lies before and behind the sharp distance."""
    blurred = np.clip(np.abs(1 - 12.2 / depth) * 0.022 - 0.0012, 0, 0.011)
    blurred = blur(blurred, 0.006)
    levels = [0.0004, 0.0015, 0.003, 0.006, 0.011]
    stack = [image] + [blur(image, s) for s in levels[1:]]
    out = stack[0]
    for i in range(1, len(levels)):
        out = mix(out, stack[i], step(levels[i - 1], levels[i], blurred))
    return out


PICTURES = [harbour, boats, lighthouse, bread, train, market]

if __name__ == "__main__":
    for picture in PICTURES:
        if len(sys.argv) < 2 or picture.__name__ in sys.argv[1:]:
            picture()
