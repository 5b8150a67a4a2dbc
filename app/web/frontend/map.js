// A map with a tile server in place of the plan, where the installation has one. The points are those of the list beside it.
import {divIcon, latLngBounds, layerGroup, map, marker, tileLayer} from 'leaflet'

const SIZE = 40                        // of a mark, in pixels: two that are nearer become one
const box = document.getElementById('map')
const places = [...document.querySelectorAll('.places > li')].map((item, index) => ({
  number: index + 1, link: item.querySelector('a'), point: item.dataset.lat && [Number(item.dataset.lat), Number(item.dataset.lon)],
})).filter(({point}) => point)

box.setAttribute('role', 'region')
box.setAttribute('aria-label', box.querySelector('svg').getAttribute('aria-label'))
box.replaceChildren()
const drawn = map(box)
const marks = layerGroup().addTo(drawn)
drawn.attributionControl.setPrefix(false)
tileLayer(box.dataset.tiles, {attribution: box.dataset.attribution, maxZoom: 19, referrerPolicy: 'strict-origin'}).addTo(drawn)

function links(group) {
  const list = document.createElement('ul')
  list.className = 'map-links'
  for (const {link} of group) {
    const item = document.createElement('li')
    item.append(link.cloneNode(true))
    list.append(item)
  }
  return list
}

drawn.on('zoomend', () => {
  const groups = []
  for (const place of places) {
    const at = drawn.project(place.point)
    const near = groups.find(group => group.at.distanceTo(at) < SIZE)
    if (near) near.places.push(place)
    else groups.push({at, places: [place]})
  }
  marks.clearLayers()
  for (const {places: [first, ...others]} of groups) {
    const icon = divIcon({className: 'map-mark', html: `${first.number}${others.length ? `+${others.length}` : ''}`, iconSize: [SIZE, SIZE]})
    const title = [first, ...others].map(({number, link}) => `${number}: ${link.textContent}`).join('; ')
    marker(first.point, {icon, title}).bindPopup(links([first, ...others])).addTo(marks)
  }
})
drawn.fitBounds(latLngBounds(places.map(({point}) => point)), {padding: [SIZE, SIZE], maxZoom: 16})
