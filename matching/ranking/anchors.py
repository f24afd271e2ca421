"""A few plain texts in both languages from which a catalogue's statistics start.

Encoded by the same model as the catalogue, they tell where Spanish and English texts, questions and answers
lie before there are enough of the catalogue's own. Sentence i of all four lists speaks of the same subject;
subjects are spread over what a country's challenges are about, so that their mean stands for none of them.
"""

NEEDS: dict[str, tuple[str, ...]] = {
    "es": (
        "Detectar fugas en la red de agua potable de la ciudad.",
        "Reducir los tiempos de espera en las urgencias de los hospitales públicos.",
        "Aprovechar los residuos orgánicos de los mercados municipales.",
        "Rutas de transporte público más seguras para las mujeres.",
        "Proteger los datos personales que guardan las dependencias.",
        "Que las escuelas rurales tengan internet y materiales de matemáticas.",
        "Prever heladas y sequías en parcelas de pequeños productores.",
        "Baterías más duraderas para autobuses eléctricos.",
        "Vigilar la tala ilegal en áreas naturales protegidas.",
        "Nuevos materiales de construcción con menos cemento.",
        "Acompañar la salud mental de los jóvenes.",
        "Combatir la desnutrición infantil en comunidades indígenas.",
        "Simplificar los trámites para abrir una empresa.",
        "Conservar edificios históricos después de un sismo.",
        "Alertas tempranas de inundaciones en la costa.",
        "Vacunas y diagnósticos para enfermedades transmitidas por mosquitos.",
    ),
    "en": (
        "Find leaks in the city's drinking water network.",
        "Shorten waiting times in the emergency rooms of public hospitals.",
        "Make use of organic waste from municipal markets.",
        "Public transport routes that are safer for women.",
        "Protect the personal data that agencies keep.",
        "Internet access and mathematics materials for rural schools.",
        "Forecast frost and drought for small farmers' plots.",
        "Longer-lasting batteries for electric buses.",
        "Watch for illegal logging in protected natural areas.",
        "New building materials with less cement.",
        "Support the mental health of young people.",
        "Fight child malnutrition in indigenous communities.",
        "Simplify the paperwork for opening a business.",
        "Preserve historic buildings after an earthquake.",
        "Early warnings of floods on the coast.",
        "Vaccines and diagnostics for diseases carried by mosquitoes.",
    ),
}

OFFERS: dict[str, tuple[str, ...]] = {
    "es": (
        "Sensores acústicos y modelos hidráulicos para localizar pérdidas en tuberías.",
        "Simulación y programación de turnos que ordena la llegada de pacientes a los hospitales.",
        "Plantas piloto de biogás y composta a partir de restos de alimentos, con análisis de rendimiento.",
        "Estudios de movilidad con perspectiva de género, encuestas a pasajeras y diseño de paradas.",
        "Auditorías de ciberseguridad, cifrado de bases de datos y capacitación de servidores públicos.",
        "Plataforma educativa sin conexión y formación de docentes en regiones apartadas.",
        "Modelos climáticos regionales y estaciones meteorológicas de bajo costo para la agricultura.",
        "Investigación en electroquímica: cátodos de litio y sodio, ciclos de vida y seguridad de celdas.",
        "Imágenes de satélite y aprendizaje automático para detectar cambios en la cobertura forestal.",
        "Concretos con cenizas y arcillas calcinadas, ensayos de resistencia y huella de carbono.",
        "Intervenciones psicológicas breves para adolescentes, evaluadas en escuelas y centros de salud.",
        "Alimentos enriquecidos con amaranto y frijol, y programas de nutrición comunitaria.",
        "Servicios digitales de gobierno: rediseño de procesos, firma electrónica y ventanilla única.",
        "Laboratorio de estructuras que evalúa mampostería antigua y propone su refuerzo.",
        "Red de boyas y modelos de marea de tormenta para protección civil.",
        "Pruebas moleculares rápidas y ensayos clínicos contra dengue, zika y malaria.",
    ),
    "en": (
        "Acoustic sensors and hydraulic models that locate losses in pipes.",
        "Simulation and shift planning that orders the arrival of patients at clinics and hospitals.",
        "Pilot plants for biogas and compost from food scraps, with analyses of their yield.",
        "Mobility studies with a gender perspective, passenger surveys and the design of stops.",
        "Cybersecurity audits, database encryption and training for public servants.",
        "An offline learning platform and teacher training in remote regions.",
        "Regional climate models and low-cost weather stations for agriculture.",
        "Research in electrochemistry: lithium and sodium cathodes, life cycles and safety of cells.",
        "Satellite images and machine learning that detect changes in forest cover.",
        "Concretes with ashes and calcined clays, strength tests and carbon footprint.",
        "Brief psychological interventions for adolescents, evaluated in schools and health centres.",
        "Foods enriched with amaranth and beans, and community nutrition programmes.",
        "Digital government services: process redesign, electronic signature and one-stop shop.",
        "A structures laboratory that assesses old masonry and proposes its reinforcement.",
        "A network of buoys and storm surge models for civil protection.",
        "Rapid molecular tests and clinical trials against dengue, Zika and malaria.",
    ),
}
